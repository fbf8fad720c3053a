package maestro.api.node;

/** How much of a job one value is about. */
public enum Extent {
  /** The whole job, whatever the film: an opened network, a composer. */
  RUN,
  /** The whole score, from its first to its last moment. */
  FILM,
  /** One window of the diffusion model. */
  WINDOW
}
