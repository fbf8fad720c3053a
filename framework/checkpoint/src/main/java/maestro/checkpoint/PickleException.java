package maestro.checkpoint;

/**
 * A pickle that is damaged or asks for something that is not read; the archive reader adds the
 * file's name.
 */
final class PickleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String next;

  PickleException(String message) {
    this(message, CheckpointException.AGAIN);
  }

  /**
   * The same with another remedy than fetching the file again.
   *
   * @param next what the user can do now
   */
  PickleException(String message, String next) {
    super(message);
    this.next = next;
  }

  String next() {
    return next;
  }
}
