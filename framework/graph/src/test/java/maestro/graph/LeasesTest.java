package maestro.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.FilmCondition;
import maestro.api.film.VisualEncoder;
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

  private static Map<String, Object> fusion(String encoder, int width, String... labels) {
    return Map.of("encoders", Map.of(encoder, Map.of("width", width, "labels", List.of(labels))));
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
  void labelsAFusionWasTrainedWithAreReadByTheirEncoder() {
    String two = identity("encoder.mean", fusion("encoder.light", 4, "satie", "ravel"));
    assertThat(identity("encoder.mean", fusion("encoder.light", 4, "ravel", "satie")))
        .isNotEqualTo(two);
    assertThat(identity("encoder.mean", fusion("encoder.light", 5, "satie", "ravel")))
        .as("its width is the fusion's business")
        .isEqualTo(two);
    assertThat(identity("encoder.mean", fusion("encoder.other", 4, "satie")))
        .isEqualTo(identity("encoder.mean", fusion("encoder.other", 4, "ravel")));
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
