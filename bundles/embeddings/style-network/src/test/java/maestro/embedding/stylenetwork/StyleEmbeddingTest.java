package maestro.embedding.stylenetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.metric.AudioEmbedding;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.AudioEmbeddingContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.networks.StyleNetwork;
import maestro.networks.StyleSize;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A style network with few channels, weights filled by rule. */
final class StyleEmbeddingTest extends AudioEmbeddingContract {
  private static final StyleSize SIZE = new StyleSize(128, List.of(4, 4, 8, 8), 128);

  @TempDir Path folder;
  private final StyleEmbedding embedding = new StyleEmbedding(new OnnxEngine(0));
  private ModelPack pack;

  @BeforeEach
  void write() {
    pack = pack(SIZE);
  }

  @AfterEach
  void close() {
    embedding.close();
  }

  private ModelPack pack(StyleSize size) {
    Path file = folder.resolve(size.width() + ".safetensors");
    Safetensors.write(file, filled(size).values(), Map.of());
    PackPart part =
        new PackPart(StyleEmbedding.NAME, file, "digest " + size.width(), size.architecture());
    return TestPack.of(part);
  }

  @Override
  protected AudioEmbedding embedding() {
    return embedding;
  }

  @Override
  protected ModelPack pack() {
    return pack;
  }

  @Test
  void theCompiledGraphHearsWhatPytorchHears() {
    Map<String, FloatTensor> piece =
        Map.of("piece", FloatTensor.of(new Noise(3).gaussian("piece", 128 * 64), 1, 1, 128, 64));
    var source = PackEmbedding.source("test", SIZE, filled(SIZE));
    try (Network compiled = new OnnxEngine(0).open(source, Device.CPU);
        Network eager = new TorchEngine(Engine.getEngine("PyTorch")).open(source, Device.CPU)) {
      float[] expected = eager.run(piece).get("embedding").values();
      assertThat(expected).hasSize(128);
      assertThat(compiled.run(piece).get("embedding").values())
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-4 ? 0 : 1)
          .containsExactly(expected);
    }
  }

  @Test
  void hearsPieceByPiece() {
    TestRun run = new TestRun(7, pack);
    float[] samples = new Noise(7).gaussian("sound", 3 * 128 * 160 + 5000);
    float[][] all = embedding.hear(Sound.mono(samples, 16_000), run).embeddings();
    assertThat(all).hasNumberOfRows(3);
    assertThat(all[0]).isNotEqualTo(all[1]);
    float[] first = java.util.Arrays.copyOf(samples, 128 * 160);
    float[][] alone = embedding.hear(Sound.mono(first, 16_000), run).embeddings();
    assertThat(alone).hasNumberOfRows(1);
    for (int i = 0; i < 128; i++) {
      // The last frames look beyond the piece's end.
      assertThat((double) alone[0][i]).isCloseTo(all[0][i], within(.2));
    }
  }

  @Test
  void saysWhatIsWrongWithTheWeights() {
    Sound sound = Sound.mono(new float[10], 16_000);
    assertThatThrownBy(() -> embedding.hear(sound, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("the recipe names no model pack");
    ModelPack narrow = pack(new StyleSize(128, List.of(4, 4, 4, 4), 16));
    assertThatThrownBy(() -> embedding.hear(sound, new TestRun(7, narrow)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("16 wide");
    assertThatThrownBy(() -> StyleSize.of(Map.of("frames", 100)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("frames, channels and width");
    assertThatThrownBy(() -> new StyleSize(100, List.of(4, 4, 4, 4), 8))
        .hasMessageContaining("frames is 100");
    assertThatThrownBy(() -> new StyleSize(128, List.of(4, 4, 4), 8))
        .hasMessageContaining("channels is [4, 4, 4]");
  }

  @Test
  void isSmall() {
    long count = 0;
    for (var parameter : BlockParameters.byName(new StyleNetwork(StyleSize.DEFAULT)).values()) {
      count += parameter.getShape().size();
    }
    assertThat(count).isEqualTo(250_736);
  }

  private static Map<String, Weight> filled(StyleSize size) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(new StyleNetwork(size))
        .forEach(
            (name, parameter) ->
                weights.put(
                    name,
                    FillRule.weight("style." + name, parameter.getShape().getShape()).named(name)));
    return weights;
  }
}
