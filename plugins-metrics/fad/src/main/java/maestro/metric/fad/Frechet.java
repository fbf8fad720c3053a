package maestro.metric.fad;

import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * Fréchet distance of normal distributions from a fixed one (Fréchet 1957; Dowson and Landau 1982),
 * d² = ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2·tr (Σ₁Σ₂)^½.
 */
final class Frechet {
  private final Gaussian reference;
  private final DMatrixRMaj root;
  private final double trace;

  Frechet(Gaussian reference) {
    this.reference = reference;
    this.root = reference.root();
    this.trace = reference.trace();
  }

  /** The distance of two sets of points. */
  static double distance(List<double[]> first, List<double[]> second) {
    return new Frechet(Gaussian.of(first)).to(Gaussian.of(second));
  }

  /** d² to another distribution, at least 0. */
  double to(Gaussian other) {
    double squares = 0;
    for (int i = 0; i < reference.mean().length; i++) {
      double difference = reference.mean()[i] - other.mean()[i];
      squares += difference * difference;
    }
    double shared = Gaussian.traceOfRoot(root, other.covariance());
    return Math.max(0, squares + trace + other.trace() - 2 * shared);
  }
}
