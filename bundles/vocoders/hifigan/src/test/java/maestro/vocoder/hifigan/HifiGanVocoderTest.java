package maestro.vocoder.hifigan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.sound.Mel;
import maestro.api.sound.Vocoder;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.contracts.VocoderContract;
import maestro.tensor.Network;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vocoder on a small pack, compiled. */
final class HifiGanVocoderTest extends VocoderContract {
  @TempDir Path folder;

  private final OnnxEngine engine = new OnnxEngine(2);
  private final HifiGanVocoder vocoder = new HifiGanVocoder(engine);

  @Override
  protected Vocoder vocoder() {
    return vocoder;
  }

  @Override
  protected ModelPack pack() {
    Path file = folder.resolve("hifigan.safetensors");
    List<Weight> weights = new ArrayList<>();
    for (Pair<String, Parameter> pair : new HifiGan(HifiGanConfig.of(64)).getParameters()) {
      long[] shape = pair.getValue().getShape().getShape();
      weights.add(Weight.of(pair.getKey(), FillRule.tensor("voc." + pair.getKey(), shape)));
    }
    Safetensors.write(file, weights, Map.of());
    return TestPack.of(new PackPart("vocoder.hifigan", file, "tiny", Map.of("channels", 64)));
  }

  @Test
  void compiledGeneratorGivesTheReferenceNumbers() {
    float[] bandsFirst = FillRule.random("input:vmel", 64 * 20);
    float[] mel = new float[64 * 20];
    for (int t = 0; t < 20; t++) {
      for (int f = 0; f < 64; f++) {
        mel[t * 64 + f] = bandsFirst[f * 20 + t];
      }
    }
    TestRun run = new TestRun(7, pack());
    FloatTensor sound =
        new HifiGanStage(engine)
            .run("vocoder", NamedTensors.of("mel", FloatTensor.of(mel, 1, 20, 64)), run)
            .get("waveform");
    assertThat(sound.shape()).containsExactly(1, 1, 3232);
    double[] golden = {.04900932, .06756368, .07999855, .1856832, .2549509, .2383003, .2005496};
    int[] places = {0, 1, 2, 3232 / 3, 3232 / 2, 2 * 3232 / 3, 3231};
    for (int i = 0; i < places.length; i++) {
      assertThat((double) sound.values()[places[i]]).isCloseTo(golden[i], within(1e-5));
    }
    assertThat(vocoder.vocode(new Mel(20, 64, mel), run).channels()[0])
        .containsExactly(java.util.Arrays.copyOf(sound.values(), 3200));
  }

  /** Wide enough for even and odd samples, long enough for windows; eagerly there are neither. */
  @Test
  void aWideLongGeneratorGivesTheSameCompiledAndEagerly() {
    HifiGanConfig config =
        new HifiGanConfig(
            8, 512, List.of(5, 2, 2, 2), List.of(16, 4, 4, 4), List.of(3, 7), List.of(1, 3), 0.1f);
    List<Weight> weights = new ArrayList<>();
    for (Pair<String, Parameter> pair : new HifiGan(config).getParameters()) {
      long[] shape = pair.getValue().getShape().getShape();
      weights.add(Weight.of(pair.getKey(), FillRule.tensor("voc." + pair.getKey(), shape)));
    }
    Path file = folder.resolve("wide.safetensors");
    Safetensors.write(file, weights, Map.of());
    PackPart part = new PackPart("vocoder.hifigan", file, "wide", config.architecture());
    Map<String, FloatTensor> mel =
        Map.of("mel", FloatTensor.of(FillRule.random("input:wide", 8 * 130), 1, 8, 130));
    NetworkSource source = HifiGanNetwork.source(part);
    try (Network compiled = engine.open(source, Device.CPU);
        Network script = script(false).open(source, Device.CPU);
        Network half = script(true).open(source, Device.CPU);
        Network eager = new TorchEngine(Engine.getEngine("PyTorch")).open(source, Device.CPU)) {
      float[] expected = eager.run(mel).get("waveform").values();
      assertThat(compiled.run(mel).get("waveform").values())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(expected);
      assertThat(script.run(mel).get("waveform").values())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(expected);
      float[] bfloat16 = half.run(mel).get("waveform").values();
      double difference = 0;
      double size = 0;
      for (int i = 0; i < expected.length; i++) {
        difference += Math.pow(bfloat16[i] - expected[i], 2);
        size += Math.pow(expected[i], 2);
      }
      assertThat(Math.sqrt(difference / size)).isBetween(1e-5, 3e-2);
    }
  }

  private static ScriptEngine script(boolean half) {
    return new ScriptEngine(Engine.getEngine("PyTorch"), half);
  }

  @Test
  void saysWhatIsMissing() {
    Mel mel = new Mel(1, 64, new float[64]);
    assertThatThrownBy(() -> vocoder.vocode(mel, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("vocoder.hifigan: the recipe names no model pack");
    assertThatThrownBy(() -> vocoder.vocode(new Mel(1, 80, new float[80]), new TestRun(7, pack())))
        .hasMessageContaining("80 bands");
  }
}
