package maestro.graph.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.host.PluginLease;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.graph.run.FakePlugins;
import maestro.graph.run.FakeRegistry;
import org.junit.jupiter.api.Test;

/** Which parts of a pack are a part of a plugin. */
class WeightsTest {
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
    try (PluginLease<VisualEncoder> lease =
        registry.lease(VisualEncoder.class, "encoder.light", Map.of())) {
      assertThat(Weights.within(pack, lease).parts())
          .isEqualTo(Weights.of(pack, lease).stream().map(PackPart::name).toList());
      return Weights.identity(pack, lease);
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
}
