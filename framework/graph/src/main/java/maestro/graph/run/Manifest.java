package maestro.graph.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.node.Timing;
import maestro.api.pack.ModelPack;
import maestro.api.run.Provenance;
import maestro.files.Json;
import maestro.graph.recipe.ResolvedRecipe;

/**
 * What a result says of its own making: enough to make it again, and nothing of the machine it was
 * made on. No time, no path, no user: the same run gives the same manifest.
 *
 * @param recipe the resolved recipe
 * @param film file name and digest
 * @param style the style piece, if there was one
 * @param curves files that controls were given as, by the control's name
 * @param build version of Maestro
 * @param plugins digest of the code of each plugin and of those it used, by name: of its bundle and
 *     all that was wired to, or of its bundle alone in results of earlier builds
 */
public record Manifest(
    ResolvedRecipe recipe,
    Source film,
    Optional<Source> style,
    Map<String, Source> curves,
    String build,
    Map<String, String> plugins) {
  /** Version of the layout. */
  static final int FORMAT = 1;

  /**
   * A file a result was made from.
   *
   * @param name file name without folders
   * @param digest SHA-256 of its bytes, lower-case hexadecimal
   */
  public record Source(String name, String digest) {}

  /**
   * Reads the manifest of a result.
   *
   * @param what name of the file, for messages
   * @throws MaestroException of kind INPUT when it is not one, or of a later version
   */
  public static Manifest read(String what, Provenance provenance) {
    try {
      JsonNode json = Json.STRICT.readTree(provenance.manifest());
      if (json == null || json.path("maestro").asInt(0) != FORMAT) {
        throw new MaestroException(
            Kind.INPUT,
            what,
            "its manifest has version "
                + (json == null ? "none" : json.path("maestro").asText("none")),
            "this build reads version " + FORMAT);
      }
      if (!json.path("kind").asText().equals("score")) {
        throw new MaestroException(
            Kind.INPUT,
            what,
            "it was made by 'maestro " + json.path("kind").asText() + "' and not from a recipe",
            "give a scored film or its music");
      }
      Map<String, String> plugins = new TreeMap<>();
      for (JsonNode plugin : json.path("plugins")) {
        plugins.put(
            plugin.path("name").asText(),
            plugin.path("wired").asText(plugin.path("digest").asText()));
        plugin
            .path("uses")
            .properties()
            .forEach(used -> plugins.put(used.getKey(), used.getValue().asText()));
      }
      Map<String, Source> curves = new TreeMap<>();
      json.path("curves")
          .properties()
          .forEach(curve -> curves.put(curve.getKey(), source(curve.getValue())));
      JsonNode recipe = json.path("recipe");
      return new Manifest(
          ResolvedRecipe.parse(recipe.path("name").asText("replay"), recipe.toString()),
          source(json.path("film")),
          json.has("style") ? Optional.of(source(json.path("style"))) : Optional.empty(),
          curves,
          json.path("build").asText(),
          plugins);
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          Kind.INPUT, what, "its manifest is damaged", "give another result", e);
    }
  }

  /** The manifest of a result that one plugin made from one file. */
  public static Provenance of(
      String command, PluginDescription plugin, String inputDigest, SingleRun run) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("maestro", FORMAT);
    fields.put("kind", command);
    fields.put("plugin", plugin.name());
    fields.put("version", plugin.version());
    fields.put("digest", plugin.digest());
    fields.put("input", inputDigest);
    fields.put("seed", run.noise().seed());
    run.pack().ifPresent(pack -> fields.put("pack", pack(pack)));
    fields.put("remarks", run.remarks());
    return new Provenance(Json.line(fields));
  }

  /** A manifest for people. */
  public static String pretty(String what, String manifest) {
    return Json.pretty(tree(what, manifest)).stripTrailing();
  }

  /** A manifest as maps and lists. */
  public static Map<String, Object> tree(String what, String manifest) {
    try {
      return Json.STRICT.readValue(manifest, new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          Kind.INPUT, what, "its manifest is damaged", "give another result", e);
    }
  }

  private static Source source(JsonNode json) {
    return new Source(json.path("name").asText(), json.path("digest").asText());
  }

  /** Collects a manifest; the order of fields is fixed. */
  static final class Writer {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Writer(String build, ResolvedRecipe recipe) {
      fields.put("maestro", FORMAT);
      fields.put("kind", "score");
      fields.put("build", build);
      fields.put("recipe", recipe.recipe());
      fields.put("recipeDigest", recipe.digest());
      fields.put("seed", recipe.recipe().seed());
    }

    Writer with(String field, Object value) {
      fields.put(field, value);
      return this;
    }

    Provenance provenance() {
      return new Provenance(Json.line(fields));
    }
  }

  /** Digests of a pack's parts, sorted. */
  static Map<String, Object> pack(ModelPack pack) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, String> parts = new TreeMap<>();
    for (String name : pack.parts()) {
      pack.part(name).ifPresent(part -> parts.put(name, part.digest()));
    }
    json.put("name", pack.name());
    json.put("untrained", pack.untrained());
    json.put("parts", parts);
    return json;
  }

  /** What shaped each window, "what shaped this score". */
  static List<Map<String, Object>> windows(Timing timing, List<Map<String, Double>> shares) {
    List<Map<String, Object>> json = new ArrayList<>();
    for (int w = 0; w < timing.windows(); w++) {
      Map<String, Object> window = new LinkedHashMap<>();
      window.put("beginSeconds", timing.begin(w) / timing.framesPerSecond());
      window.put("seconds", timing.windowFrames() / timing.framesPerSecond());
      window.put("shapedBy", new TreeMap<>(w < shares.size() ? shares.get(w) : Map.of()));
      json.add(window);
    }
    return json;
  }
}
