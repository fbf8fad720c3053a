package maestro.latent.vmunet;

/**
 * How the film condition enters VM-UNet. The paper's equation 2 asks for cross-attention, AudioLDM
 * has FiLM only, and the paper does not say how the one became the other.
 */
public enum VideoConditioning {
  /**
   * The FiLM half takes the condition and the second attention is a self-attention: AudioLDM's
   * structure.
   */
  FILM,
  /** The FiLM half takes the condition, and the second attention attends to it as one token. */
  CROSS_ATTENTION,
  /** The FiLM half is fed zeros, and the second attention attends to the condition. */
  CROSS_ONLY;

  /** Whether the second attention looks at the condition. */
  public boolean crosses() {
    return this != FILM;
  }
}
