package maestro.latent.vmunet;

import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.RunContext;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;

/**
 * The parts of a pack, and the plugin that asks for them.
 *
 * @param pack where they are
 * @param plugin its name, for messages
 */
record PackParts(ModelPack pack, String plugin) {
  /**
   * Those of a run's pack.
   *
   * @throws MaestroException of kind CONFIGURATION when there is no pack
   */
  static PackParts of(RunContext run, String plugin) {
    return new PackParts(
        run.pack()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.CONFIGURATION,
                        plugin,
                        "the recipe names no model pack",
                        "name one in the recipe; 'maestro packs list' shows those that are here")),
        plugin);
  }

  /**
   * A part with weights.
   *
   * @throws MaestroException of kind CONFIGURATION when there is none
   */
  PackPart part(String name) {
    return pack.part(name)
        .filter(part -> part.weights() != null)
        .orElseThrow(
            () ->
                new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    plugin,
                    "the pack " + pack.name() + " has no weights for the part '" + name + "'",
                    "use a pack that has them; 'maestro packs list' shows those that are here"));
  }

  /** A part, if the pack has it. */
  Optional<PackPart> optional(String name) {
    return pack.part(name);
  }

  /** The weights of a part. */
  static Map<String, Weight> weights(PackPart part) {
    if (part.weights() == null) {
      throw new Description(part).refused("it has no weights", null);
    }
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      Map<String, Weight> weights = checkpoint.weights();
      weights.values().forEach(Weight::data); // maps files above 2 GiB before they are closed
      return weights;
    }
  }
}
