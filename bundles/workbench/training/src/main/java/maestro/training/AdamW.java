package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import maestro.tensor.torch.TorchFunction;

/**
 * AdamW (Loshchilov and Hutter 2019) in PyTorch's single pass over memory, its state open to
 * checkpoints, which DJL's own optimiser does not allow. With learning rate η, decay λ, moments m
 * and v, update number n from 1:
 *
 * <pre>
 * w ← w·(1 − η·λ)
 * m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
 * w ← w − η·(m / (1 − β₁ⁿ)) / (√(v / (1 − β₂ⁿ)) + ε),  ε = 1e-8
 * </pre>
 */
final class AdamW {
  private static final double EPSILON = 1e-8;

  private static final TorchFunction UPDATE =
      new TorchFunction(
          "w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], n: List[Tensor],"
              + " divisor: List[Tensor],"
              + " rate: float, beta1: float, beta2: float, decay: float, epsilon: float",
          "Tuple[()]",
          "torch._fused_adamw_(w, g, m, v, [], n, lr=rate, beta1=beta1, beta2=beta2,"
              + " weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False,"
              + " grad_scale=divisor[0])");

  private final double beta1;
  private final double beta2;
  private final double weightDecay;

  AdamW(double beta1, double beta2, double weightDecay) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.weightDecay = weightDecay;
  }

  /** Moments of one array, both of its shape and zero at first. */
  record Moments(NDArray first, NDArray second) {
    static Moments of(NDArray weight, NDManager manager) {
      return new Moments(
          manager.zeros(weight.getShape(), weight.getDataType()),
          manager.zeros(weight.getShape(), weight.getDataType()));
    }
  }

  /**
   * One update in place. The weights must not ask for gradients while this runs.
   *
   * @param weights at least one
   * @param gradients times {@code scale} are the gradients, and are that afterwards
   * @param update from 1
   */
  void update(
      List<NDArray> weights,
      List<NDArray> gradients,
      double scale,
      List<Moments> moments,
      double learningRate,
      long update) {
    NDManager manager = weights.get(0).getManager();
    try (NDArray number = manager.create((float) update);
        NDArray divisor = manager.create((float) (1 / scale))) {
      UPDATE.change(
          List.of(
              weights,
              gradients,
              moments.stream().map(Moments::first).toList(),
              moments.stream().map(Moments::second).toList(),
              Collections.nCopies(weights.size(), number),
              List.of(divisor)),
          learningRate,
          beta1,
          beta2,
          weightDecay,
          EPSILON);
    }
  }
}
