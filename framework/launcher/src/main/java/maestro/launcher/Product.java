package maestro.launcher;

/**
 * What a distribution calls itself.
 *
 * @param name for people
 * @param version of the distribution, not of the Maestro in it
 */
record Product(String name, String version) {
  @Override
  public String toString() {
    return name + " " + version;
  }
}
