package maestro.roles;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** Where values leave a plugin: what it promised is checked, and what is wrong names the plugin. */
final class Edge {
  private static final String NEXT =
      "report it to the plugin's author, or take it out of the recipe";

  private Edge() {}

  /** Refuses a value that is missing. */
  static <T> T present(String plugin, String what, T value) {
    if (value == null) {
      throw new MaestroException(Kind.CONFIGURATION, plugin, "it gave no " + what, NEXT);
    }
    return value;
  }

  /** Refuses a length that differs from what was promised. */
  static void width(String plugin, String what, int given, int promised) {
    if (given != promised) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          plugin,
          "its " + what + " has " + given + " values where " + promised + " were promised",
          NEXT);
    }
  }

  /** Refuses values that are not finite. */
  static void finite(String plugin, String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new MaestroException(
            Kind.CONFIGURATION,
            plugin,
            "value " + i + " of its " + what + " is " + values[i],
            NEXT);
      }
    }
  }
}
