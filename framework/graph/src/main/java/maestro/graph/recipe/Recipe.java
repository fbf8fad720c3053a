package maestro.graph.recipe;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import maestro.files.Json;

/**
 * A recipe as somebody wrote it: which bundles, with their settings inside their entries, and the
 * settings of the run that belong to no bundle. Every field but the name may be left out.
 *
 * @param name what people call it; a file's recipe has the file's name
 * @param description one sentence for {@code maestro recipes list}
 * @param base name of the recipe this one starts from
 * @param without ids of the base's bundles to leave out
 * @param bundles entries; one with the id of a base's entry changes only the settings it names
 * @param pack name of the model pack
 * @param seed of all noise; 7 when no recipe of the chain says
 * @param device {@code auto}, {@code cpu} or {@code cuda:N}; auto when not said
 * @param guidanceScale s of classifier-free guidance (paper, section 4.1); 7.5 when not said
 * @param startSeconds where in the film the score begins; 0 when not said
 * @param durationSeconds length of the score; the rest of the film when not said
 * @param styleStartSeconds where in the style piece its controls begin; 0 when not said
 * @param melFrames frames of one window of the diffusion model, 10 ms each; 1024 when not said
 * @param crossFadeSeconds overlap of two windows of a longer score; 1 when not said
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"name", "description", "base", "without", "bundles", "pack", "seed"})
public record Recipe(
    String name,
    String description,
    String base,
    List<String> without,
    List<Entry> bundles,
    String pack,
    Long seed,
    String device,
    Double guidanceScale,
    Double startSeconds,
    Double durationSeconds,
    Double styleStartSeconds,
    Integer melFrames,
    Double crossFadeSeconds) {

  /** Copies the lists. */
  public Recipe {
    without = without == null ? List.of() : List.copyOf(without);
    bundles = bundles == null ? List.of() : List.copyOf(bundles);
  }

  /**
   * One bundle of a recipe.
   *
   * @param id the plugin's name, {@code encoder.clip}
   * @param optional whether the recipe may run without it when it or its weights are missing
   * @param config settings that differ from the plugin's defaults
   * @param after id of the entry it comes after, where more than one wiring is possible
   * @param in what its inputs are wired to, where more than one wiring is possible: by input an id,
   *     or a list of ids
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonPropertyOrder({"id", "optional", "config", "after", "in"})
  public record Entry(
      String id,
      Boolean optional,
      Map<String, Object> config,
      String after,
      Map<String, Object> in) {
    /** Copies the settings, keeping their order. */
    public Entry {
      config =
          config == null
              ? Map.of()
              : Collections.unmodifiableMap(
                  new LinkedHashMap<>(config)); // null values are refused later, by name
      in = in == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(in));
    }

    /** A bundle with its default settings. */
    public static Entry of(String id) {
      return of(id, Map.of());
    }

    /** A bundle with settings. */
    public static Entry of(String id, Map<String, Object> config) {
      return new Entry(id, null, config, null, null);
    }

    /** Whether it may be missing. */
    public boolean mayBeMissing() {
      return Boolean.TRUE.equals(optional);
    }

    /** Ids its inputs are wired to, by input. */
    public Map<String, List<String>> inputs() {
      Map<String, List<String>> inputs = new LinkedHashMap<>();
      in.forEach(
          (input, from) ->
              inputs.put(
                  input,
                  from instanceof List<?> many
                      ? many.stream().map(String::valueOf).toList()
                      : List.of(String.valueOf(from))));
      return inputs;
    }

    private List<Entry> current(PluginNames names) {
      Map<String, Object> settings = new LinkedHashMap<>(config);
      settings.replaceAll(
          (setting, value) -> value instanceof String text ? names.current(text) : value);
      Map<String, Object> wires = new LinkedHashMap<>();
      inputs()
          .forEach((input, from) -> wires.put(input, from.stream().map(names::current).toList()));
      wires.replaceAll(
          (input, from) -> from instanceof List<?> l && l.size() == 1 ? l.get(0) : from);
      String follows = after == null ? null : names.current(after);
      List<Entry> today = new ArrayList<>();
      names
          .divided(id, settings)
          .forEach((name, own) -> today.add(new Entry(name, optional, own, follows, wires)));
      return today;
    }

    private Entry changedBy(Entry change) {
      Map<String, Object> settings = new LinkedHashMap<>(config);
      settings.putAll(change.config);
      Map<String, Object> wires = new LinkedHashMap<>(in);
      wires.putAll(change.in);
      return new Entry(
          id, either(change.optional, optional), settings, either(change.after, after), wires);
    }
  }

  /**
   * Reads a recipe.
   *
   * @param name used when the text gives none, and in messages
   * @param json one JSON object
   * @throws MaestroException of kind INPUT that names the field that is unknown or of the wrong
   *     type
   */
  public static Recipe parse(String name, String json) {
    Recipe recipe;
    try {
      recipe = Json.STRICT.readValue(json, Recipe.class);
    } catch (UnrecognizedPropertyException e) {
      throw refused(
          name,
          "unknown field '" + e.getPropertyName() + "'" + Json.at(e),
          "use one of "
              + String.join(
                  ", ", e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList()),
          e);
    } catch (JsonProcessingException e) {
      throw refused(
          name, "not a recipe: " + Json.reason(e), "see 'maestro recipes show film-score'", e);
    }
    if (recipe == null) {
      throw refused(name, "not a recipe: empty", "see 'maestro recipes show film-score'", null);
    }
    for (int i = 0; i < recipe.bundles.size(); i++) {
      if (recipe.bundles.get(i).id() == null || recipe.bundles.get(i).id().isBlank()) {
        throw refused(
            name,
            "entry " + (i + 1) + " of bundles has no id",
            "give it one, such as encoder.clip",
            null);
      }
    }
    return recipe.name == null ? recipe.named(name) : recipe;
  }

  /** A change that takes bundles away and adds others or changes their settings. */
  public static Recipe change(List<String> without, List<Entry> bundles) {
    return new Recipe(
        null, null, null, without, bundles, null, null, null, null, null, null, null, null, null);
  }

  /**
   * A recipe from its fields.
   *
   * @param name for messages
   * @param fields as in JSON
   * @throws MaestroException of kind INPUT when a field is unknown or of the wrong type
   */
  public static Recipe of(String name, Map<String, ?> fields) {
    return parse(name, Json.line(fields));
  }

  /**
   * This change of a recipe, which takes more bundles away.
   *
   * @param more ids of what the changed recipe has
   * @param base the recipe that is changed
   */
  public Recipe leavingOut(Collection<String> more, Recipe base) {
    Set<String> all = new LinkedHashSet<>(without);
    base.bundles.stream().map(Entry::id).filter(more::contains).forEach(all::add);
    return with(
        name,
        List.copyOf(all),
        bundles.stream().filter(entry -> !more.contains(entry.id())).toList());
  }

  /** The same recipe under another name. */
  public Recipe named(String other) {
    return with(other, without, bundles);
  }

  /**
   * The same recipe with the names that plugins have today: of its bundles, of those it does
   * without, and in settings that name a plugin.
   */
  public Recipe current(PluginNames names) {
    return with(
        name,
        without.stream().flatMap(id -> names.all(id).stream()).distinct().toList(),
        bundles.stream().flatMap(entry -> entry.current(names).stream()).toList());
  }

  private Recipe with(String otherName, List<String> otherWithout, List<Entry> otherBundles) {
    return new Recipe(
        otherName,
        description,
        base,
        otherWithout,
        otherBundles,
        pack,
        seed,
        device,
        guidanceScale,
        startSeconds,
        durationSeconds,
        styleStartSeconds,
        melFrames,
        crossFadeSeconds);
  }

  /**
   * This recipe changed by another that is based on it: first {@code without} is taken away, then
   * the entries are changed or added, then what the other says of the run replaces what this one
   * says.
   *
   * @throws MaestroException of kind INPUT when {@code without} names something that is not here
   */
  public Recipe changedBy(Recipe change) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Entry> twice = new ArrayList<>();
    for (Entry entry : bundles) {
      if (entries.putIfAbsent(entry.id(), entry) != null) {
        twice.add(entry); // kept, so that the check can refuse it by name
      }
    }
    for (String id : change.without) {
      if (entries.remove(id) == null) {
        throw refused(
            change.name,
            "without names " + id + ", which is not in recipe " + name,
            "use one of " + String.join(", ", entries.keySet()),
            null);
      }
    }
    for (Entry entry : change.bundles) {
      entries.merge(entry.id(), entry, Entry::changedBy);
    }
    List<Entry> all = new ArrayList<>(entries.values());
    all.addAll(twice);
    return new Recipe(
        Objects.requireNonNullElse(change.name, name),
        Objects.requireNonNullElse(change.description, Objects.requireNonNullElse(description, "")),
        null,
        List.of(),
        all,
        either(change.pack, pack),
        either(change.seed, seed),
        either(change.device, device),
        either(change.guidanceScale, guidanceScale),
        either(change.startSeconds, startSeconds),
        either(change.durationSeconds, durationSeconds),
        either(change.styleStartSeconds, styleStartSeconds),
        either(change.melFrames, melFrames),
        either(change.crossFadeSeconds, crossFadeSeconds));
  }

  private static <T> T either(T first, T second) {
    return first == null ? second : first;
  }

  /** The recipe as people read and edit it. */
  public String toJson() {
    return Json.pretty(this);
  }

  public static MaestroException refused(
      String recipe, String cause, String next, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT, "recipe " + recipe, cause, next, underlying);
  }
}
