package maestro.runtime.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;
import maestro.api.MaestroException;
import maestro.api.host.PluginDescription.Setting;
import maestro.runtime.bundles.BundleContents;
import org.apache.felix.metatype.AD;
import org.apache.felix.metatype.Designate;
import org.apache.felix.metatype.MetaData;
import org.apache.felix.metatype.MetaDataReader;
import org.apache.felix.metatype.OCD;
import org.osgi.framework.Bundle;
import org.osgi.service.metatype.AttributeDefinition;

/**
 * What may be set on a plugin, read from the metatype description inside its bundle, and the check
 * of what a recipe asks for against it: names, types, ranges and options.
 */
final class Settings {
  private static final Map<Integer, String> TYPES =
      Map.of(
          AttributeDefinition.STRING, "String",
          AttributeDefinition.BOOLEAN, "Boolean",
          AttributeDefinition.INTEGER, "Integer",
          AttributeDefinition.LONG, "Long",
          AttributeDefinition.DOUBLE, "Double",
          AttributeDefinition.FLOAT, "Float");

  private static final Map<Bundle, Map<String, Settings>> KNOWN = new WeakHashMap<>();

  private final String plugin;
  private final Map<String, AD> definitions;

  private Settings(String plugin, Map<String, AD> definitions) {
    this.plugin = plugin;
    this.definitions = definitions;
  }

  /** The settings of the plugin with this name in a bundle; none when it is not described. */
  static Settings of(Bundle bundle, String plugin) {
    synchronized (KNOWN) { // every lease asks, and reading takes a millisecond
      return KNOWN
          .computeIfAbsent(bundle, first -> new HashMap<>())
          .computeIfAbsent(plugin, first -> read(bundle, plugin));
    }
  }

  private static Settings read(Bundle bundle, String plugin) {
    for (URL file : BundleContents.files(bundle, "OSGI-INF/metatype", "*.xml")) {
      MetaData metaData = read(file, plugin);
      for (Object entry : metaData.getDesignates() == null ? List.of() : metaData.getDesignates()) {
        Designate designate = (Designate) entry;
        if (plugin.equals(designate.getPid()) || plugin.equals(designate.getFactoryPid())) {
          OCD described =
              (OCD) metaData.getObjectClassDefinitions().get(designate.getObject().getOcdRef());
          Map<String, AD> definitions = new TreeMap<>();
          if (described != null && described.getAttributeDefinitions() != null) {
            for (Object definition : described.getAttributeDefinitions().values()) {
              AD ad = (AD) definition;
              definitions.put(ad.getID(), ad);
            }
          }
          return new Settings(plugin, definitions);
        }
      }
    }
    return new Settings(plugin, Map.of());
  }

  /** For people and for the console. */
  List<Setting> describe() {
    List<Setting> list = new ArrayList<>();
    for (AD ad : definitions.values()) {
      list.add(
          new Setting(
              ad.getID(),
              TYPES.getOrDefault(ad.getType(), "String"),
              defaultOf(ad),
              ad.getMin() == null ? "" : ad.getMin(),
              ad.getMax() == null ? "" : ad.getMax(),
              ad.getOptionValues() == null ? List.of() : List.of(ad.getOptionValues()),
              ad.getDescription() == null ? "" : ad.getDescription()));
    }
    return list;
  }

  /**
   * Checks what a recipe asks for.
   *
   * @return every setting in its own type, defaults included, sorted by name
   * @throws MaestroException of kind CONFIGURATION when one is unknown, missing, of the wrong type
   *     or out of range
   */
  Map<String, Object> check(Map<String, Object> asked) {
    for (String name : asked.keySet()) {
      if (!definitions.containsKey(name)) {
        throw refused(
            "has no setting '" + name + "'",
            definitions.isEmpty()
                ? "it has no settings at all"
                : "known are " + String.join(", ", definitions.keySet()));
      }
    }
    Map<String, Object> all = new TreeMap<>();
    for (AD ad : definitions.values()) {
      Object given = asked.get(ad.getID());
      Object value = given == null ? defaultOf(ad) : typed(ad, given);
      if (value != null) {
        all.put(ad.getID(), value);
      } else if (ad.isRequired()) {
        throw refused(
            "setting '" + ad.getID() + "' is missing", "give it in the recipe: " + expected(ad));
      }
    }
    return all;
  }

  private Object typed(AD ad, Object given) {
    String text = String.valueOf(given);
    Object value;
    try {
      value = parse(ad.getType(), given);
    } catch (NumberFormatException e) {
      value = null;
    }
    String verdict = value == null ? "wrong type" : ad.validate(text(value));
    if (verdict != null && !verdict.isEmpty()) {
      throw refused("illegal setting " + ad.getID() + ": " + text, "it must be " + expected(ad));
    }
    return value;
  }

  private static Object parse(int type, Object given) {
    String text = text(given);
    return switch (type) {
      case AttributeDefinition.BOOLEAN ->
          given instanceof Boolean || text.equals("true") || text.equals("false")
              ? (Object) Boolean.valueOf(text)
              : null;
      case AttributeDefinition.INTEGER -> (Object) Integer.valueOf(text);
      case AttributeDefinition.LONG -> Long.valueOf(text);
      case AttributeDefinition.DOUBLE -> finite(Double.valueOf(text));
      case AttributeDefinition.FLOAT -> finite(Float.valueOf(text));
      default -> given instanceof String ? given : null;
    };
  }

  private static Number finite(Number value) {
    return Double.isFinite(value.doubleValue()) ? value : null;
  }

  /** 5.0 from JSON counts as the whole number 5. */
  private static String text(Object value) {
    return value instanceof Double number
            && number == Math.rint(number)
            && Math.abs(number) < 1L << 53
        ? String.valueOf(number.longValue())
        : String.valueOf(value);
  }

  private static Object defaultOf(AD ad) {
    String[] values = ad.getDefaultValue();
    if (values == null || values.length == 0) {
      return ad.isRequired() ? null : ad.getType() == AttributeDefinition.STRING ? "" : null;
    }
    return parse(ad.getType(), values[0]);
  }

  private static String expected(AD ad) {
    if (ad.getOptionValues() != null && ad.getOptionValues().length > 0) {
      return "one of " + String.join(", ", ad.getOptionValues());
    }
    String type =
        switch (ad.getType()) {
          case AttributeDefinition.BOOLEAN -> "true or false";
          case AttributeDefinition.INTEGER, AttributeDefinition.LONG -> "a whole number";
          case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> "a number";
          default -> "a text";
        };
    if (ad.getMin() != null && ad.getMax() != null) {
      return type + " from " + ad.getMin() + " to " + ad.getMax();
    }
    return type
        + (ad.getMin() != null ? ", at least " + ad.getMin() : "")
        + (ad.getMax() != null ? ", at most " + ad.getMax() : "");
  }

  private MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, plugin, cause, next);
  }

  private static MetaData read(URL file, String plugin) {
    try (InputStream in = file.openStream()) {
      return new MetaDataReader().parse(in);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          plugin,
          "the description of its settings cannot be read",
          "rebuild its bundle",
          e);
    }
  }
}
