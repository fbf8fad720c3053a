package maestro.source.composer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.node.Kinds;
import maestro.api.node.Values;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

class ComposerSourceTest {
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
                  name, null, "", Map.of("encoders", Map.of("source.composer", composer))));
        }
      };

  private static Values given(String composer, ModelPack pack) {
    return new ComposerSource(composer).run(Values.none(), new TestRun(7, pack));
  }

  private static float[] encoded(String composer, ModelPack pack) {
    return given(composer, pack).one(Kinds.FEATURE).vector();
  }

  @Test
  void aNameIsGivenToWhoeverTakesOneAndNobodyHasNone() {
    assertThat(given("morricone", PACK).find(Kinds.COMPOSER)).contains("morricone");
    assertThat(given("", PACK).find(Kinds.COMPOSER)).isEmpty();
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
    assertThatThrownBy(() -> new ComposerSource("vangelis").check(Map.of(), new TestRun(7, PACK)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("vangelis")
        .hasMessageContaining("herrmann, morricone");
  }
}
