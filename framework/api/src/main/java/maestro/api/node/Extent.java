package maestro.api.node;

/** How much of a job one value is about. */
public enum Extent {
  /** The whole job, whatever the film: an opened network, a composer. */
  RUN,
  /** The whole score, from its first to its last moment. */
  FILM,
  /** One cue: a piece of the film with music of its own, see {@link Cues}. */
  CUE,
  /** One window of the diffusion model. */
  WINDOW
}
