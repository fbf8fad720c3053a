package maestro.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.pack.PackRepository;

/**
 * The weights that metrics hear with: those of a named pack, and for networks it lacks those of the
 * starter pack, so that the project's own networks need no option.
 */
record JudgingPack(ModelPack named, ModelPack starter) implements ModelPack {
  /** Name of the pack that stands in. */
  static final String STARTER = "starter";

  /**
   * Opens the packs.
   *
   * @param packs those installed, or null
   * @param name of a pack, or null for the starter pack alone
   * @return null when neither is there
   * @throws maestro.api.MaestroException when there is no pack of that name
   */
  static ModelPack open(PackRepository packs, String name) {
    if (packs == null) {
      return null;
    }
    ModelPack named = name == null ? null : packs.open(name);
    if (STARTER.equals(name) || !packs.names().contains(STARTER)) {
      return named;
    }
    ModelPack starter = packs.open(STARTER);
    return named == null ? starter : new JudgingPack(named, starter);
  }

  /** Whether metrics hear with a part: an embedding's, or one of a metric's own. */
  static boolean hears(String part) {
    return part.startsWith("embedding.") || part.startsWith("metric.");
  }

  @Override
  public String name() {
    return named.name();
  }

  @Override
  public boolean untrained() {
    return named.untrained();
  }

  @Override
  public List<String> parts() {
    return Stream.concat(
            named.parts().stream(), starter.parts().stream().filter(JudgingPack::hears))
        .distinct()
        .toList();
  }

  @Override
  public Optional<PackPart> part(String name) {
    Optional<PackPart> own = named.part(name);
    return own.isEmpty() && hears(name) ? starter.part(name) : own;
  }
}
