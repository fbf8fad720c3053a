package maestro.launcher;

/** A start that cannot go on, said in one sentence: part, cause, next step. */
public final class LaunchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LaunchException(String part, String cause, String next) {
    super(part + ": " + cause + "; " + next);
  }

  LaunchException(String part, String cause, String next, Throwable underlying) {
    super(part + ": " + cause + "; " + next, underlying);
  }

  LaunchException(Throwable sameElsewhere) {
    super(sameElsewhere.getMessage(), sameElsewhere);
  }
}
