package maestro.affect;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;

/**
 * How one composer's music is spread, so that a film asks for what there is of it: a film with more
 * energy than most films gets what has more energy than most of this composer's music, however
 * quiet that is. Not in the paper.
 *
 * <p>Each plugin that draws something from a film has its own figures, in the part of the pack that
 * bears its name and has no weights: {@code "control.dynamics": {"composers": {"mattias_westlund":
 * {"level": -0.14, "deviation": 0.66}, …}}}. {@code maestro train composer-statistics} measures
 * them.
 */
public final class ComposerStatistics {
  private static final String COMPOSERS = "composers";

  private ComposerStatistics() {}

  /**
   * A composer's figures.
   *
   * @param plugin whose figures
   * @param composer as in the pack's fusion; empty for the one the run's recipe names, if any
   * @param reader of the figures; may throw what a cast, a missing figure or a wrong one throws
   * @return empty when the run's pack knows none of that composer
   * @throws MaestroException of kind INPUT when they cannot be read
   */
  public static <T> Optional<T> of(
      RunContext run, String plugin, String composer, Function<Map<?, ?>, T> reader) {
    String asked = composer.isEmpty() ? run.input("composer", String.class).orElse("") : composer;
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    Optional<Object> composers =
        run.pack()
            .flatMap(pack -> pack.part(plugin))
            .map(part -> part.architecture().get(COMPOSERS));
    try {
      return composers
          .map(known -> ((Map<?, ?>) known).get(asked))
          .map(figures -> reader.apply((Map<?, ?>) figures));
    } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "pack " + run.pack().map(ModelPack::name).orElse(""),
          "what it says of " + asked + " under " + plugin + " cannot be read",
          "make it again with 'maestro train composer-statistics'",
          e);
    }
  }

  /**
   * A figure that must be there.
   *
   * @param least finite and not below this
   */
  public static double figure(Map<?, ?> figures, String name, double least) {
    double value = ((Number) figures.get(name)).doubleValue();
    if (!Double.isFinite(value) || value < least) {
      throw new IllegalArgumentException(name + " is " + value);
    }
    return value;
  }

  /** Figures by composer as a part of a pack keeps them. */
  public static Map<String, Object> toJson(Map<String, ?> composers) {
    return Map.of(COMPOSERS, composers);
  }
}
