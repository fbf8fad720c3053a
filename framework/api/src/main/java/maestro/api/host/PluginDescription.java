package maestro.api.host;

import java.util.List;

/**
 * What is known of a plugin without making an instance.
 *
 * @param name as recipes and the command line say it, {@code encoder.clip}
 * @param kind simple name of the service interface, {@code VisualEncoder}
 * @param bundle symbolic name
 * @param version bundle version
 * @param digest SHA-256 of the bundle's file, lower-case hexadecimal
 * @param paper section of the paper, or empty
 * @param settings what a recipe may set
 */
public record PluginDescription(
    String name,
    String kind,
    String bundle,
    String version,
    String digest,
    String paper,
    List<Setting> settings) {
  /** Copies the list. */
  public PluginDescription {
    settings = List.copyOf(settings);
  }

  /**
   * One setting.
   *
   * @param name as in a recipe
   * @param type {@code String}, {@code Boolean}, {@code Integer}, {@code Long}, {@code Double} or
   *     {@code Float}
   * @param defaultValue in that type, or null when the setting must be given
   * @param minimum least value as text, or empty
   * @param maximum greatest value as text, or empty
   * @param options the only values allowed, or empty
   * @param description one sentence
   */
  public record Setting(
      String name,
      String type,
      Object defaultValue,
      String minimum,
      String maximum,
      List<String> options,
      String description) {}
}
