package maestro.encoder.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Map;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.Safetensors;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import maestro.tensor.BlockParameters;
import maestro.tensor.NetworkSources;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole encoder with a small tower, weights by rule under transformers' names. */
class ClipEncoderTest extends VisualEncoderContract {
  @TempDir static Path folder;
  private static ClipEncoder encoder;
  private static TestPack pack;

  @BeforeAll
  static void open() {
    Path file = folder.resolve("clip.safetensors");
    Safetensors.write(
        file,
        ClipNames.toTransformers(VisionTowerTest.filled(VisionTowerTest.TINY)).values(),
        Map.of());
    pack = TestPack.of(ClipEncoder.NAME, file);
    encoder = new ClipEncoder(new OnnxEngine(1), 10, 16, "torchvision", 8);
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @Override
  protected VisualEncoder encoder() {
    return encoder;
  }

  @Override
  protected ModelPack pack() {
    return pack;
  }

  @Test
  void itsNetworksCanBeTakenFromAPackByThemselves() {
    NetworkSources sources = new ClipSource();
    assertThat(sources.networks()).hasSize(1);
    for (String name : sources.networks()) {
      NetworkSources.Sized sized = sources.network(name, pack);
      assertThat(sized.source().weights().keySet())
          .containsAll(BlockParameters.byName(sized.source().block().get()).keySet());
      assertThat(sized.shapes().values()).allSatisfy(shape -> assertThat(shape).doesNotContain(-1));
    }
    assertThatThrownBy(() -> sources.network(sources.networks().get(0), TestPack.of()))
        .hasMessageContaining("maestro packs assemble");
  }

  @Test
  void theFeatureIsTheMeanOfTheTimeLineWhateverTheBatch() {
    FilmFeature feature = encode(encoder, 11);
    TimeLine timeLine = feature.timeLine().orElseThrow();
    assertThat(timeLine.rows()).isEqualTo(11);
    assertThat(timeLine.stepSeconds()).isEqualTo(0.1);
    for (int channel = 0; channel < 16; channel++) {
      double mean = 0;
      for (int row = 0; row < 11; row++) {
        mean += timeLine.at(row, channel) / 11.0;
      }
      assertThat((double) feature.vector()[channel]).isCloseTo(mean, within(1e-5));
    }
    for (int batch : new int[] {1, 3, 16}) {
      ClipEncoder other = new ClipEncoder(new OnnxEngine(1), 10, 16, "torchvision", batch);
      try {
        assertThat(encode(other, 11).vector()).containsExactly(feature.vector(), within(1e-4f));
      } finally {
        other.close();
      }
    }
  }

  @Test
  void theTwoCropsDifferWhereHalfAPixelDecides() {
    ClipEncoder other = new ClipEncoder(new OnnxEngine(1), 10, 16, "transformers", 8);
    try {
      // 43 x 32 leaves 11 columns too many: torchvision begins at 6, transformers at 5.
      assertThat(encode(other, 1).vector()).isNotEqualTo(encode(encoder, 1).vector());
    } finally {
      other.close();
    }
    assertThatThrownBy(() -> new ClipEncoder(new OnnxEngine(1), 10, 16, "middle", 8))
        .hasMessage("encoder.clip: illegal crop: middle; set torchvision or transformers");
  }

  @Test
  void missingWeightsAreOneSentenceWithTheFileAndTheCommand() {
    assertThatThrownBy(() -> encode(encoder, 1, new TestRun(7, TestPack.of())))
        .hasMessage(
            "encoder.clip: the pack test has no weights for it; it wants the image tower of CLIP"
                + " (ViT-B-32.pt, or model.safetensors of clip-vit-base-patch32); run 'maestro packs"
                + " assemble paper --add --clip ViT-B-32.pt' and name that pack, in the"
                + " recipe or with --pack, or leave this plugin out");
  }

  @Test
  void anotherWidthIsRefusedWithTheSettingToChange() {
    ClipEncoder other = new ClipEncoder(new OnnxEngine(1), 10, 512, "torchvision", 8);
    try {
      assertThatThrownBy(() -> encode(other, 1))
          .hasMessage(
              "encoder.clip: the weights give 16 numbers, the recipe expects 512; set width to 16");
    } finally {
      other.close();
    }
  }

  private static FilmFeature encode(ClipEncoder encoder, int count) {
    return encode(encoder, count, new TestRun(7, pack));
  }

  private static FilmFeature encode(ClipEncoder encoder, int count, TestRun run) {
    int[] next = {0};
    return encoder.encode(
        new FilmClip(Path.of("f.mp4"), "00", 43, 32, 10, count / 10.0, false),
        () -> {
          if (next[0] == count) {
            return null;
          }
          byte[] rgb = new byte[3 * 43 * 32];
          for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * (3 + next[0]) / 7);
          }
          return new Frame(next[0]++ / 10.0, 43, 32, rgb);
        },
        run);
  }
}
