package maestro.commands;

/** Short and full names of plugins. */
final class Names {
  private Names() {}

  /** {@code melody} and {@code control.melody} are both {@code control.melody}. */
  static String full(String family, String name) {
    String trimmed = name.strip();
    return trimmed.indexOf('.') >= 0 ? trimmed : family + "." + trimmed;
  }

  /** {@code control.melody} is {@code melody}. */
  static String brief(String name) {
    return name.substring(name.indexOf('.') + 1);
  }
}
