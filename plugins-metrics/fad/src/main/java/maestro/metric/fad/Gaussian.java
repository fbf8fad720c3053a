package maestro.metric.fad;

import java.util.List;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * A multivariate normal distribution fitted to points.
 *
 * @param mean μ
 * @param covariance Σ, with N − 1
 */
record Gaussian(double[] mean, DMatrixRMaj covariance) {
  static {
    // The host runs several items at once already, and sums shall not depend on the number of
    // threads.
    EjmlConcurrency.USE_CONCURRENT = false;
  }

  /** Fits to at least two points of one width. */
  static Gaussian of(List<double[]> points) {
    int width = points.get(0).length;
    int count = points.size();
    double[] mean = new double[width];
    for (double[] point : points) {
      for (int i = 0; i < width; i++) {
        mean[i] += point[i] / count;
      }
    }
    DMatrixRMaj centred = new DMatrixRMaj(count, width);
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < width; i++) {
        centred.set(n, i, points.get(n)[i] - mean[i]);
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(width, width);
    CommonOps_DDRM.multInner(centred, covariance);
    CommonOps_DDRM.scale(1.0 / (count - 1), covariance);
    return new Gaussian(mean, covariance);
  }

  /** The point distribution at a place: all its mass there. */
  static Gaussian at(double[] place) {
    return new Gaussian(place, new DMatrixRMaj(place.length, place.length));
  }

  /** Sum of the variances. */
  double trace() {
    return CommonOps_DDRM.trace(covariance);
  }

  /** Σ^½, symmetric; eigenvalues that round-off made negative count as zero. */
  DMatrixRMaj root() {
    int width = mean.length;
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(covariance, true);
    DMatrixRMaj half = new DMatrixRMaj(width, width);
    for (int i = 0; i < width; i++) {
      double scale = Math.sqrt(Math.sqrt(Math.max(0, eigen.getEigenvalue(i).getReal())));
      DMatrixRMaj vector = eigen.getEigenVector(i);
      for (int r = 0; r < width; r++) {
        half.set(r, i, scale * vector.get(r));
      }
    }
    DMatrixRMaj root = new DMatrixRMaj(width, width);
    CommonOps_DDRM.multOuter(half, root);
    return root;
  }

  /** tr (Σ₁Σ₂)^½ = Σ √λ_i of Σ₁^½·Σ₂·Σ₁^½, from the root of Σ₁. */
  static double traceOfRoot(DMatrixRMaj root, DMatrixRMaj covariance) {
    int width = root.getNumRows();
    DMatrixRMaj left = new DMatrixRMaj(width, width);
    DMatrixRMaj product = new DMatrixRMaj(width, width);
    CommonOps_DDRM.mult(root, covariance, left);
    CommonOps_DDRM.mult(left, root, product);
    // Symmetric but for round-off; the solver wants it exact.
    for (int r = 0; r < width; r++) {
      for (int c = 0; c < r; c++) {
        double both = 0.5 * (product.get(r, c) + product.get(c, r));
        product.set(r, c, both);
        product.set(c, r, both);
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose(product, false);
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += Math.sqrt(Math.max(0, eigen.getEigenvalue(i).getReal()));
    }
    return sum;
  }

  private static EigenDecomposition_F64<DMatrixRMaj> decompose(
      DMatrixRMaj matrix, boolean vectors) {
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(matrix.getNumRows(), vectors, true);
    if (!eigen.decompose(matrix.copy())) {
      throw new ArithmeticException("the eigenvalues of a covariance were not found");
    }
    return eigen;
  }
}
