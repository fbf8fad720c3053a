package maestro.encoder.wecl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import maestro.networks.BatchNorm;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.Linear;

/**
 * Non-local block over the segments of a film (Wang et al. 2018): [B, S, 2048] to the same shape.
 *
 * <p>softmax(θ·φᵀ·256^−½)·g, projected and normalised, plus α·x: the learned factor stands at the
 * residual, as in the reference.
 */
final class NonLocal extends Layer {
  private static final int INNER = 256;

  private final int width;
  private final Linear theta;
  private final Linear phi;
  private final Linear values;
  private final Linear out;
  private final BatchNorm norm;
  private final Parameter alpha;

  NonLocal(int width) {
    this.width = width;
    theta = child("theta", new Linear(width, INNER));
    phi = child("phi", new Linear(width, INNER));
    values = child("g", new Linear(width, INNER));
    out = child("out", new Linear(INNER, width));
    norm = child("bn", new BatchNorm(width));
    alpha = parameter("alpha", Initializer.ZEROS, 1);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray queries = theta.apply(store, x, training);
    NDArray keys = phi.apply(store, x, training).transpose(0, 2, 1);
    float scale = (float) (1 / Math.sqrt(INNER));
    NDArray attention = queries.matMul(keys).mul(scale).softmax(2);
    NDArray mixed = attention.matMul(values.apply(store, x, training));
    NDArray rows = out.apply(store, mixed, training).reshape(-1, width);
    NDArray normal = norm.apply(store, rows, training).reshape(x.getShape());
    return normal.add(x.mul(value(store, alpha, x, training)));
  }
}
