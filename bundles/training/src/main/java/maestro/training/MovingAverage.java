package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;

/**
 * The exponential moving average of weights, as AudioLDM keeps it: at update n, counted from 1, the
 * decay is min(decay, (1 + n)/(10 + n)), and shadow ← shadow − (1 − decay)·(shadow − weight).
 */
final class MovingAverage {
  private final double decay;

  MovingAverage(double decay) {
    this.decay = decay;
  }

  /** The decay of an update, from 1. */
  double decay(long update) {
    return Math.min(decay, (1.0 + update) / (10.0 + update));
  }

  /** One update of the average in place. */
  void update(NDArray shadow, NDArray weight, long update) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      shadow.subi(shadow.sub(weight).mul(1 - decay(update)));
    }
  }
}
