package maestro.api.run;

/**
 * A compute device: {@code auto}, {@code cpu} or {@code cuda:N}.
 *
 * @param kind which family
 * @param index number of the device within its family, 0 for the first
 */
public record Device(Kind kind, int index) {
  /** Families of devices. */
  public enum Kind {
    /** CUDA when there is one, else the processor. */
    AUTO,
    /** The processor. */
    CPU,
    /** An NVIDIA device. */
    CUDA
  }

  /** The processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Whatever is best here. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Device parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      case "cuda" -> new Device(Kind.CUDA, 0);
      default -> {
        if (!text.matches("cuda:\\d{1,3}")) {
          throw new IllegalArgumentException(
              "illegal device: " + text + ", must be auto, cpu or cuda:N");
        }
        yield new Device(Kind.CUDA, Integer.parseInt(text.substring(5)));
      }
    };
  }

  @Override
  public String toString() {
    return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
