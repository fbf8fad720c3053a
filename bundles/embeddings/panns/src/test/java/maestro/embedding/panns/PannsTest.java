package maestro.embedding.panns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.metric.AudioEmbedding;
import maestro.api.run.Device;
import maestro.api.sound.Sound;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.contracts.TestRun;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;
import org.junit.jupiter.api.Test;

/** Numbers of qiuqiangkong/audioset_tagging_cnn's own classes, weights filled by rule. */
final class PannsTest {
  @Test
  void hearsThePublishedFrames() {
    float[] mel = new LogMelFrames(false).of(toneInNoise());
    assertThat(mel).hasSize(201 * 64);
    double mean = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (float value : mel) {
      mean += value / (double) mel.length;
      most = Math.max(most, value);
    }
    assertThat(mean).isCloseTo(-15.81408, within(1e-3));
    assertThat(most).isCloseTo(18.479, within(1e-3));
    assertThat((double) mel[0]).isCloseTo(1.024341, within(1e-4));
    assertThat((double) mel[1]).isCloseTo(.458636, within(1e-4));
    assertThat((double) mel[2]).isCloseTo(3.309941, within(1e-4));
    int[] bands = {0, 5, 10, 20, 40, 63};
    double[] expected = {-15.9870, -21.3208, -20.5619, -18.4396, -17.1875, -16.1435};
    for (int i = 0; i < bands.length; i++) {
      assertThat((double) mel[100 * 64 + bands[i]]).isCloseTo(expected[i], within(1e-3));
    }
  }

  @Test
  void theCompiledGraphGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(new OnnxEngine(0));
  }

  @Test
  void pytorchGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(new TorchEngine(Engine.getEngine("PyTorch")));
  }

  @Test
  void torchScriptGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(new ScriptEngine(Engine.getEngine("PyTorch"), false));
  }

  private static void givesTheReferencesNumbers(NetworkEngine engine) {
    try (Network network = engine.open(Panns.source(filled()), Device.CPU)) {
      AudioEmbedding.Heard heard = Panns.hear(network, new LogMelFrames(false).of(toneInNoise()));
      int[] at = {0, 1, 2, 175, 263, 351, 526};
      double[] expected = {.0239025, -.215186, .2162117, -.291052, -.01333226, .4276184, .3348372};
      for (int i = 0; i < at.length; i++) {
        assertThat((double) heard.logits()[at[i]]).isCloseTo(expected[i], within(1e-3));
      }
      float[] feature = heard.embeddings()[0];
      assertThat((double) feature[1]).isCloseTo(.2884032, within(1e-3));
      assertThat((double) feature[2]).isCloseTo(.02905499, within(1e-3));
      assertThat((double) feature[1024]).isCloseTo(.1456259, within(1e-3));
    }
  }

  @Test
  void hasThePublishedParameters() {
    long count = 0;
    for (var entry : BlockParameters.byName(new Cnn14()).entrySet()) {
      count += entry.getKey().contains("running_") ? 0 : entry.getValue().getShape().size();
    }
    assertThat(count).isEqualTo(80_753_615);
  }

  @Test
  void takesShortSoundsAndBothRates() {
    assertThat(new LogMelFrames(false).of(Sound.mono(new float[100], 16_000)).length / 64)
        .isGreaterThanOrEqualTo(32);
    assertThat(new LogMelFrames(true).of(Sound.mono(new float[44_100], 44_100))).hasSize(101 * 64);
  }

  @Test
  void saysWhichWeightsItWants() {
    Sound sound = Sound.mono(new float[10], 16_000);
    assertThatThrownBy(() -> new Panns(new OnnxEngine(0), "16k").hear(sound, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("Cnn14_16k_mAP=0.438.pth");
    assertThatThrownBy(() -> new Panns(new OnnxEngine(0), "8k")).hasMessageContaining("'8k'");
  }

  private static Map<String, Weight> filled() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(new Cnn14())
        .forEach(
            (name, parameter) ->
                weights.put(
                    name,
                    FillRule.weight("panns." + name, parameter.getShape().getShape()).named(name)));
    return weights;
  }

  private static float[] toneInNoise() {
    double[] noise = maestro.contracts.FillRule.rnd("input:noise", 32_000);
    float[] samples = new float[32_000];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (.5 * Math.sin(2 * Math.PI * 440 * n / 16_000) + .1 * noise[n]);
    }
    return samples;
  }
}
