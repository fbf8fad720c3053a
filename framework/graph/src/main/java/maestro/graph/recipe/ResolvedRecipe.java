package maestro.graph.recipe;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.node.Node;
import maestro.files.Json;

/**
 * A recipe with its bases folded in and the run's settings filled: what a result records and what a
 * replay needs.
 *
 * @param recipe no base, no without, every setting of the run present but {@code pack} and {@code
 *     durationSeconds}
 * @param json canonical: sorted keys, no white space
 * @param digest SHA-256 of the canonical JSON, lower-case hexadecimal
 */
public record ResolvedRecipe(Recipe recipe, String json, String digest) {
  /** Seed when nobody says. */
  public static final long SEED = 7;

  /** The paper's guidance scale (section 4.1). */
  public static final double GUIDANCE_SCALE = 7.5;

  /** The paper's window: 1024 mel frames, 10.24 s. */
  public static final int MEL_FRAMES = 1024;

  /** Overlap of two windows; the paper scores one window only. */
  public static final double CROSS_FADE_SECONDS = 1;

  /** Fills the settings of the run. */
  public static ResolvedRecipe of(Recipe merged) {
    Recipe full =
        new Recipe(
            merged.name(),
            Objects.requireNonNullElse(merged.description(), ""),
            null,
            List.of(),
            merged.bundles(),
            merged.pack(),
            Objects.requireNonNullElse(merged.seed(), SEED),
            Objects.requireNonNullElse(merged.device(), "auto"),
            Objects.requireNonNullElse(merged.guidanceScale(), GUIDANCE_SCALE),
            Objects.requireNonNullElse(merged.startSeconds(), 0.0),
            merged.durationSeconds(),
            Objects.requireNonNullElse(merged.styleStartSeconds(), 0.0),
            Objects.requireNonNullElse(merged.melFrames(), MEL_FRAMES),
            Objects.requireNonNullElse(merged.crossFadeSeconds(), CROSS_FADE_SECONDS));
    String json = Json.canonical(full);
    return new ResolvedRecipe(full, json, Json.digest(json));
  }

  /** The same with the names that plugins have today, so that an old recipe is one with a new. */
  public ResolvedRecipe current(PluginNames names) {
    return of(recipe.current(names));
  }

  /** The same with a few things changed, as a command line does. */
  public ResolvedRecipe changedBy(Recipe change) {
    return of(recipe.changedBy(change));
  }

  /**
   * The same with one setting changed in every bundle that has it, as {@code --engine} and {@code
   * --maestro} do.
   *
   * @param registry knows which settings a bundle has
   * @return empty when no bundle of the recipe has it
   */
  public Optional<ResolvedRecipe> withSetting(
      PluginRegistry registry, String setting, Object value) {
    Set<String> having =
        registry.plugins().stream()
            .filter(one -> one.settings().stream().anyMatch(own -> own.name().equals(setting)))
            .map(PluginDescription::name)
            .collect(Collectors.toSet());
    List<Recipe.Entry> changed =
        recipe.bundles().stream()
            .filter(entry -> having.contains(entry.id()))
            .map(entry -> Recipe.Entry.of(entry.id(), Map.of(setting, value)))
            .toList();
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(changedBy(Recipe.change(List.of(), changed)));
  }

  /**
   * The same in the style of a composer.
   *
   * @param registry knows which of its nodes has a composer to be set
   * @return empty when none has
   */
  public Optional<ResolvedRecipe> forComposer(PluginRegistry registry, String composer) {
    Set<String> nodes =
        registry.plugins().stream()
            .filter(one -> one.kind().equals(Node.class.getSimpleName()))
            .filter(one -> one.settings().stream().anyMatch(own -> own.name().equals(COMPOSER)))
            .map(PluginDescription::name)
            .collect(Collectors.toSet());
    return recipe.bundles().stream()
        .map(Recipe.Entry::id)
        .filter(nodes::contains)
        .findFirst()
        .map(id -> Recipe.Entry.of(id, Map.of(COMPOSER, composer)))
        .map(entry -> changedBy(Recipe.change(List.of(), List.of(entry))));
  }

  private static final String COMPOSER = "composer";

  /** Reads the recipe inside a manifest. */
  public static ResolvedRecipe parse(String name, String json) {
    return of(Recipe.change(List.of(), List.of()).changedBy(Recipe.parse(name, json)));
  }
}
