package maestro.embedding.vggish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.MaestroException;
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

/** Numbers of harritaylor/torchvggish's own classes, weights filled by rule. */
final class VggishTest {
  @Test
  void hearsThePublishedPatches() {
    float[] patches = Patches.of(toneInNoise());
    assertThat(patches).hasSize(2 * 96 * 64);
    double mean = 0;
    for (float value : patches) {
      mean += value / (double) patches.length;
    }
    assertThat(mean).isCloseTo(.8047212, within(1e-5));
    int[] at = {0, 1, 2, 4096, 6144, 8192, 12287};
    double[] expected = {-1.045532, -.7183267, -.5615115, -1.040772, -.3507832, -.7322755, 1.4598};
    for (int i = 0; i < at.length; i++) {
      assertThat((double) patches[at[i]]).isCloseTo(expected[i], within(1e-4));
    }
    int[] bands = {0, 10, 20, 40, 63};
    double[] frame = {-.4816, 1.7945, .6874, .9011, 1.9539};
    for (int i = 0; i < bands.length; i++) {
      assertThat((double) patches[10 * 64 + bands[i]]).isCloseTo(frame[i], within(1e-4));
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
    try (Network network = engine.open(Vggish.source(filled()), Device.CPU)) {
      float[][] embeddings = Vggish.embed(network, Patches.of(toneInNoise()));
      assertThat(embeddings).hasNumberOfRows(2);
      int[] at = {0, 1, 2, 85, 128, 170, 255};
      double[] expected = {
        -.1056465, -.1089134, -.1166452, -.1006109, -.119693, .06776932, -.2574488
      };
      for (int i = 0; i < at.length; i++) {
        assertThat((double) embeddings[at[i] / 128][at[i] % 128])
            .isCloseTo(expected[i], within(1e-4));
      }
    }
  }

  @Test
  void hasThePublishedParameters() {
    long count = 0;
    for (var parameter : BlockParameters.byName(new VggishNetwork()).values()) {
      count += parameter.getShape().size();
    }
    assertThat(count).isEqualTo(72_141_184);
    assertThat(BlockParameters.byName(new VggishNetwork()))
        .containsKeys("features.13.weight", "embeddings.4.bias")
        .hasSize(18);
  }

  @Test
  void tenSecondsAreTenPatchesAndShortSoundsTwo() {
    assertThat(Patches.of(Sound.mono(new float[441_000], 44_100))).hasSize(10 * 96 * 64);
    assertThat(Patches.of(Sound.mono(new float[100], 16_000))).hasSize(2 * 96 * 64);
  }

  @Test
  void saysWhichWeightsItWants() {
    Vggish vggish = new Vggish(new OnnxEngine(0));
    assertThatThrownBy(() -> vggish.hear(Sound.mono(new float[10], 16_000), new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("vggish-10086976.pth");
  }

  private static Map<String, Weight> filled() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(new VggishNetwork())
        .forEach(
            (name, parameter) ->
                weights.put(
                    name,
                    FillRule.weight("vggish." + name, parameter.getShape().getShape())
                        .named(name)));
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
