package maestro.encoder.composer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.contracts.TestRun;
import maestro.contracts.VisualEncoderContract;
import org.junit.jupiter.api.Test;

class ComposerEncoderTest extends VisualEncoderContract {
  private static final ModelPack PACK =
      new ModelPack() {
        @Override
        public String name() {
          return "two";
        }

        @Override
        public boolean untrained() {
          return false;
        }

        @Override
        public List<String> parts() {
          return List.of("fusion.laff");
        }

        @Override
        public Optional<PackPart> part(String name) {
          Map<String, Object> composer = Map.of("labels", List.of("herrmann", "morricone"));
          return Optional.of(
              new PackPart(
                  name, null, "", Map.of("encoders", Map.of("encoder.composer", composer))));
        }
      };

  @Override
  protected VisualEncoder encoder() {
    return new ComposerEncoder("");
  }

  private static float[] encoded(String composer, ModelPack pack) {
    FilmClip clip = new FilmClip(Path.of("a.mp4"), "00", 16, 16, 1, 1, true);
    return new ComposerEncoder(composer).encode(clip, () -> null, new TestRun(7, pack)).vector();
  }

  @Test
  void nobodyIsPlaceZeroAndAComposerItsPlaceInThePack() {
    assertThat(encoded("", null)[0]).isEqualTo(1);
    float[] second = encoded("morricone", PACK);
    assertThat(second[2]).isEqualTo(1);
    assertThat(second[0]).isZero();
  }

  @Test
  void aComposerThePackDoesNotKnowIsRefusedWithThoseItDoes() {
    assertThatThrownBy(() -> encoded("vangelis", PACK))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("vangelis")
        .hasMessageContaining("herrmann, morricone");
  }
}
