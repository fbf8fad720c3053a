package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;

/**
 * HiFi-GAN's losses of judgements (Kong et al. 2020, section 2.4), summed over discriminators D.
 * Each list has one entry per discriminator, with the outcomes of its layers, the judgement last.
 */
final class AdversarialLoss {
  private AdversarialLoss() {}

  /** Equation 1: mean (D(real) − 1)² + mean D(made)², least squares as in LSGAN. */
  static NDArray ofDiscriminators(List<NDList> real, List<NDList> made) {
    NDArray loss = null;
    for (int i = 0; i < real.size(); i++) {
      loss = plus(loss, judgement(real.get(i)).sub(1).square().mean());
      loss = plus(loss, judgement(made.get(i)).square().mean());
    }
    return loss;
  }

  /** Equation 2: mean (D(made) − 1)². */
  static NDArray ofGenerator(List<NDList> made) {
    NDArray loss = null;
    for (NDList layers : made) {
      loss = plus(loss, judgement(layers).sub(1).square().mean());
    }
    return loss;
  }

  /**
   * Equation 4, feature matching: the mean distance |real − made| of each layer, summed over
   * layers. As in the paper's source the judgement counts as a layer, too.
   */
  static NDArray ofFeatures(List<NDList> real, List<NDList> made) {
    NDArray loss = null;
    for (int i = 0; i < real.size(); i++) {
      for (int layer = 0; layer < real.get(i).size(); layer++) {
        loss = plus(loss, real.get(i).get(layer).sub(made.get(i).get(layer)).abs().mean());
      }
    }
    return loss;
  }

  private static NDArray judgement(NDList layers) {
    return layers.get(layers.size() - 1);
  }

  private static NDArray plus(NDArray sum, NDArray term) {
    return sum == null ? term : sum.add(term);
  }
}
