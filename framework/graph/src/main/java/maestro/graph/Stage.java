package maestro.graph;

import maestro.api.run.RunContext;

/**
 * One typed stage of the graph.
 *
 * @param name what people read while it runs, {@code encoder.clip} or {@code sampler.ddim}
 * @param fingerprint of everything the result depends on
 * @param codec how the result is kept
 * @param work computes it
 */
record Stage<T>(String name, String fingerprint, Codec<T> codec, Work<T> work) {
  /** The computation. */
  @FunctionalInterface
  interface Work<T> {
    T run(RunContext run);
  }
}
