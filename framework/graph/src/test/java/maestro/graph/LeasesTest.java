package maestro.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.FilmCondition;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.tensor.NamedTensors;
import org.junit.jupiter.api.Test;

/** What a kept result depends on. */
class LeasesTest {
  private final FakeRegistry registry = new FakePlugins().registry();

  /** Identity of encoder.light in a run with a pack of one part. */
  private String identity(String name, Map<String, Object> architecture) {
    PackPart only = new PackPart(name, null, "", architecture);
    ModelPack pack =
        new ModelPack() {
          @Override
          public String name() {
            return "one";
          }

          @Override
          public boolean untrained() {
            return false;
          }

          @Override
          public List<String> parts() {
            return List.of(name);
          }

          @Override
          public Optional<PackPart> part(String wanted) {
            return wanted.equals(name) ? Optional.of(only) : Optional.empty();
          }
        };
    RecipeChecker.Part part =
        new RecipeChecker.Part(
            new Recipe.Entry("encoder.light", null, Map.of()),
            VisualEncoder.class,
            registry.describe(VisualEncoder.class, "encoder.light"));
    RecipeChecker.Plan plan = new RecipeChecker.Plan(List.of(part), Optional.of(pack), List.of());
    try (Leases leases = new Leases(registry, plan, "cpu")) {
      return leases.identity(part);
    }
  }

  @Test
  void aPluginsOwnPartIsPartOfItAndNoOther() {
    String own = identity("encoder.light", Map.of("figure", 1));
    assertThat(identity("encoder.light", Map.of("figure", 1))).isEqualTo(own);
    assertThat(identity("encoder.light", Map.of("figure", 2))).isNotEqualTo(own);
    assertThat(identity("encoder.other", Map.of("figure", 1)))
        .isEqualTo(identity("encoder.other", Map.of("figure", 2)));
  }

  @Test
  void aPartItDeclaresIsPartOfItWhetherItCanDoWithoutOrNot() {
    for (String declared : List.of("fusion.mean", "fusion.mean?")) {
      registry.with(
          VisualEncoder.class,
          "encoder.light",
          "d1",
          new Declaration("", List.of(), List.of(declared), List.of(), List.of()),
          List.of(),
          settings -> new FakePlugins.Blind());
      String own = identity("fusion.mean", Map.of("figure", 1));
      assertThat(identity("fusion.mean", Map.of("figure", 1))).isEqualTo(own);
      assertThat(identity("fusion.mean", Map.of("figure", 2))).isNotEqualTo(own);
    }
  }

  @Test
  void aConditionIsKeptWithWhatTheOtherPassHears() {
    float[] with = {1, 2, 3};
    float[] without = {1, 0, 3};
    Map<String, Double> shares = Map.of("encoder.light", 0.25, "encoder.other", 0.75);
    NamedTensors kept =
        Codec.CONDITION.write(new FilmCondition(with, Optional.of(without), shares));
    FilmCondition read = Codec.CONDITION.read(kept);
    assertThat(read.vector()).containsExactly(with);
    assertThat(read.unguided().orElseThrow()).containsExactly(without);
    assertThat(read.weights()).isEqualTo(shares);
    NamedTensors whole = Codec.CONDITION.write(new FilmCondition(with, shares));
    assertThat(Codec.CONDITION.read(whole).unguided()).isEmpty();
  }
}
