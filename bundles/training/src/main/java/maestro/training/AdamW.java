package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * AdamW (Loshchilov and Hutter 2019) on one array, its state open to checkpoints, which DJL's own
 * optimiser does not allow. With learning rate η, decay λ, moments m and v, update number n from 1:
 *
 * <pre>
 * w ← w·(1 − η·λ)
 * m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
 * w ← w − η·(m / (1 − β₁ⁿ)) / (√(v / (1 − β₂ⁿ)) + ε),  ε = 1e-8
 * </pre>
 */
final class AdamW {
  private static final double EPSILON = 1e-8;

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
   * One update in place. The weight must not ask for gradients while this runs.
   *
   * @param gradient times {@code scale} is the gradient
   * @param update from 1
   */
  void update(
      NDArray weight,
      NDArray gradient,
      double scale,
      Moments moments,
      double learningRate,
      long update) {
    double correction1 = 1 - Math.pow(beta1, update);
    double correction2 = 1 - Math.pow(beta2, update);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      moments.first.muli(beta1).addi(gradient.mul(scale * (1 - beta1)));
      moments.second.muli(beta2).addi(gradient.square().mul(scale * scale * (1 - beta2)));
      NDArray denominator = moments.second.div(correction2).sqrt().add(EPSILON);
      if (weightDecay > 0) {
        weight.muli(1 - learningRate * weightDecay);
      }
      weight.subi(moments.first.div(denominator).mul(learningRate / correction1));
    }
  }
}
