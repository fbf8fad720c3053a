package maestro.training;

import ai.djl.ndarray.NDArray;
import java.util.List;
import maestro.tensor.torch.TorchFunction;

/**
 * The exponential moving average of weights, as AudioLDM keeps it: at update n, counted from 1, the
 * decay is min(decay, (1 + n)/(10 + n)), and shadow ← shadow − (1 − decay)·(shadow − weight).
 */
final class MovingAverage {
  private static final TorchFunction UPDATE =
      new TorchFunction(
          "shadows: List[Tensor], weights: List[Tensor], share: float",
          "Tuple[()]",
          "torch._foreach_lerp_(shadows, weights, share)");

  private final double decay;

  MovingAverage(double decay) {
    this.decay = decay;
  }

  /** The decay of an update, from 1. */
  double decay(long update) {
    return Math.min(decay, (1.0 + update) / (10.0 + update));
  }

  /** One update of the averages in place. */
  void update(List<NDArray> shadows, List<NDArray> weights, long update) {
    UPDATE.change(List.of(shadows, weights), 1 - decay(update));
  }
}
