package maestro.api.host;

import java.util.List;

/**
 * What is known of a plugin without making an instance.
 *
 * @param name as recipes and the command line say it, {@code encoder.clip}
 * @param kind simple name of the service interface, {@code VisualEncoder}
 * @param code where it comes from
 * @param declared what it says of itself
 * @param settings what a recipe may set
 */
public record PluginDescription(
    String name, String kind, Code code, Declaration declared, List<Setting> settings) {
  /** Copies the list. */
  public PluginDescription {
    settings = List.copyOf(settings);
  }

  /**
   * The code of a plugin.
   *
   * @param bundle symbolic name
   * @param version bundle version
   * @param digest SHA-256 of the bundle's file, lower-case hexadecimal
   * @param wired SHA-256 over the digests of that file and of all files it is wired to, directly or
   *     through others, lower-case hexadecimal
   */
  public record Code(String bundle, String version, String digest, String wired) {}

  /**
   * What a plugin declares.
   *
   * @param paper section of the paper, or empty
   * @param needs other plugins it takes from the host, by name or as {@code ${setting}}
   * @param weights parts of the model pack it reads; those it can do without end in a question mark
   * @param takes kinds of values it takes besides those of its service interface
   * @param formerly names it had before
   */
  public record Declaration(
      String paper,
      List<String> needs,
      List<String> weights,
      List<String> takes,
      List<String> formerly) {
    /** Nothing declared. */
    public static final Declaration NONE =
        new Declaration("", List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Declaration {
      needs = List.copyOf(needs);
      weights = List.copyOf(weights);
      takes = List.copyOf(takes);
      formerly = List.copyOf(formerly);
    }
  }

  /** Symbolic name of its bundle. */
  public String bundle() {
    return code.bundle;
  }

  /** Version of its bundle. */
  public String version() {
    return code.version;
  }

  /** SHA-256 of its bundle's file, lower-case hexadecimal. */
  public String digest() {
    return code.digest;
  }

  /** Section of the paper, or empty. */
  public String paper() {
    return declared.paper;
  }

  /** Whether this is, or was, its name. */
  public boolean answersTo(String called) {
    return name.equals(called) || declared.formerly.contains(called);
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
