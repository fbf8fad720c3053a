package maestro.checkpoint;

/**
 * A pickle that is damaged or asks for something that is not read; the archive reader adds the
 * file's name.
 */
final class PickleException extends Exception {
  private static final long serialVersionUID = 1L;

  PickleException(String message) {
    super(message);
  }
}
