package maestro.latent.vmunet;

/**
 * How many heads an attention over C channels has. Weight shapes do not reveal it, so a pack states
 * it.
 *
 * @param kind which of the two numbers is fixed
 * @param number channels per head, or heads
 */
public record HeadRule(Kind kind, int number) {
  /** Which number stays the same at every width. */
  public enum Kind {
    /** Heads = C / number: the original AudioLDM code and everything trained here. */
    CHANNELS_PER_HEAD,
    /** As many heads at every width: what the published diffusers configuration means. */
    FIXED
  }

  /** Checks the number. */
  public HeadRule {
    if (number < 1) {
      throw new IllegalArgumentException("illegal head rule: " + number + ", must be 1 or more");
    }
  }

  /** Heads of that many channels. */
  public static HeadRule channelsPerHead(int channels) {
    return new HeadRule(Kind.CHANNELS_PER_HEAD, channels);
  }

  /** That many heads everywhere. */
  public static HeadRule fixed(int heads) {
    return new HeadRule(Kind.FIXED, heads);
  }

  /** Heads for a number of channels. */
  public int heads(int channels) {
    int heads = kind == Kind.FIXED ? number : channels / number;
    if (heads < 1 || channels % heads != 0) {
      throw new IllegalArgumentException(
          "head rule "
              + kind
              + "("
              + number
              + "): "
              + channels
              + " channels do not split into heads");
    }
    return heads;
  }
}
