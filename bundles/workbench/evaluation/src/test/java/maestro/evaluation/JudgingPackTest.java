package maestro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.pack.PackRepository;
import org.junit.jupiter.api.Test;

final class JudgingPackTest {
  @Test
  void theStarterPackStandsInForMetricsAlone() {
    Folder packs =
        new Folder(
            Map.of(
                "starter", List.of("vae", "embedding.style-network", "embedding.vggish"),
                "paper", List.of("denoiser", "embedding.vggish")));
    ModelPack pack = JudgingPack.open(packs, "paper");
    assertThat(pack.name()).isEqualTo("paper");
    assertThat(pack.parts())
        .containsExactly("denoiser", "embedding.vggish", "embedding.style-network");
    assertThat(pack.part("embedding.style-network").orElseThrow().digest()).isEqualTo("starter");
    assertThat(pack.part("embedding.vggish").orElseThrow().digest()).isEqualTo("paper");
    assertThat(pack.part("vae")).isEmpty();
  }

  @Test
  void withoutANameItIsTheStarterPackWhereThereIsOne() {
    Folder both = new Folder(Map.of("starter", List.of("embedding.style-network")));
    assertThat(JudgingPack.open(both, null).name()).isEqualTo("starter");
    assertThat(JudgingPack.open(new Folder(Map.of()), null)).isNull();
    assertThat(JudgingPack.open(null, null)).isNull();
    assertThat(JudgingPack.open(new Folder(Map.of("paper", List.of())), "paper").name())
        .isEqualTo("paper");
  }

  private record Folder(Map<String, List<String>> packs) implements PackRepository {
    @Override
    public List<String> names() {
      return packs.keySet().stream().sorted().toList();
    }

    @Override
    public ModelPack open(String name) {
      return new Pack(name, packs.get(name));
    }
  }

  private record Pack(String name, List<String> parts) implements ModelPack {
    @Override
    public boolean untrained() {
      return false;
    }

    @Override
    public Optional<PackPart> part(String part) {
      return Stream.of(part).filter(parts::contains).findAny().map(this::described);
    }

    private PackPart described(String part) {
      return new PackPart(part, null, name, Map.of());
    }
  }
}
