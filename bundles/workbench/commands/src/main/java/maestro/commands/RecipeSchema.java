package maestro.commands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginDescription.Setting;

/**
 * A JSON Schema (draft 2020-12) of recipes for the plugins that are on, so that an editor completes
 * and checks them as they are written. What only the planner can know, wiring above all, is left to
 * {@code maestro recipes check}.
 */
final class RecipeSchema {
  private RecipeSchema() {}

  /** The schema. */
  static Map<String, Object> of(List<PluginDescription> plugins) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Recipe");
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", text("what people call it; the file's name when it is left out"));
    fields.put("description", text("one sentence"));
    fields.put("base", text("recipe this one starts from"));
    fields.put("without", list(text("bundle of the base to leave out")));
    fields.put("bundles", list(entry(plugins)));
    fields.put("pack", text("model pack"));
    fields.put("seed", number("integer", null, null, "of all noise"));
    fields.put("device", text("auto, cpu or cuda:N"));
    fields.put("guidanceScale", number("number", 0, 100, "of classifier-free guidance"));
    fields.put("startSeconds", number("number", 0, 86_400, "where in the film the score begins"));
    fields.put("durationSeconds", number("number", 0.1, 21_600, "length of the score"));
    fields.put(
        "styleStartSeconds",
        number("number", 0, 86_400, "where in the style piece its controls begin"));
    fields.put("melFrames", number("integer", 64, 8192, "frames of one window"));
    fields.put("crossFadeSeconds", number("number", 0, 40.96, "overlap of two windows"));
    schema.put("properties", fields);
    return schema;
  }

  private static Map<String, Object> entry(List<PluginDescription> plugins) {
    List<Object> ids = new ArrayList<>();
    List<Object> cases = new ArrayList<>();
    for (PluginDescription plugin : plugins) {
      Map<String, Object> id = new LinkedHashMap<>();
      id.put("const", plugin.name());
      id.put("description", plugin.kind() + " of " + plugin.bundle());
      ids.add(id);
      cases.add(
          Map.of(
              "if", Map.of("properties", Map.of("id", Map.of("const", plugin.name()))),
              "then", Map.of("properties", Map.of("config", config(plugin)))));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    // A plugin that is not installed may stand in a recipe, too: its name is a string.
    ids.add(Map.of("type", "string"));
    fields.put("id", Map.of("anyOf", ids));
    fields.put("optional", Map.of("type", "boolean"));
    fields.put("config", Map.of("type", "object"));
    fields.put("after", text("id of the entry it comes after"));
    fields.put(
        "in",
        Map.of(
            "type",
            "object",
            "additionalProperties",
            Map.of("anyOf", List.of(Map.of("type", "string"), list(text("id of a node"))))));
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("type", "object");
    entry.put("required", List.of("id"));
    entry.put("additionalProperties", false);
    entry.put("properties", fields);
    entry.put("allOf", cases);
    return entry;
  }

  private static Map<String, Object> config(PluginDescription plugin) {
    Map<String, Object> settings = new LinkedHashMap<>();
    plugin.settings().forEach(setting -> settings.put(setting.name(), setting(setting)));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("type", "object");
    config.put("additionalProperties", false);
    config.put("properties", settings);
    return config;
  }

  private static Map<String, Object> setting(Setting setting) {
    Map<String, Object> schema = new LinkedHashMap<>();
    String type =
        switch (setting.type()) {
          case "Boolean" -> "boolean";
          case "Integer", "Long" -> "integer";
          case "Double", "Float" -> "number";
          default -> "string";
        };
    schema.put("type", type);
    put(schema, "description", setting.description());
    if (setting.defaultValue() != null) {
      schema.put("default", setting.defaultValue());
    }
    if (!type.equals("string") && !type.equals("boolean")) {
      bound(schema, "minimum", setting.minimum());
      bound(schema, "maximum", setting.maximum());
    }
    if (type.equals("string") && !setting.options().isEmpty()) {
      schema.put("enum", setting.options());
    }
    return schema;
  }

  private static void bound(Map<String, Object> schema, String name, String value) {
    if (value != null && !value.isBlank()) {
      schema.put(name, Double.valueOf(value));
    }
  }

  private static void put(Map<String, Object> schema, String name, String value) {
    if (value != null && !value.isBlank()) {
      schema.put(name, value);
    }
  }

  private static Map<String, Object> text(String description) {
    return Map.of("type", "string", "description", description);
  }

  private static Map<String, Object> list(Map<String, Object> of) {
    return Map.of("type", "array", "items", of);
  }

  private static Map<String, Object> number(
      String type, Number least, Number most, String description) {
    Map<String, Object> number = new LinkedHashMap<>();
    number.put("type", type);
    number.put("description", description);
    if (least != null) {
      number.put("minimum", least);
      number.put("maximum", most);
    }
    return number;
  }
}
