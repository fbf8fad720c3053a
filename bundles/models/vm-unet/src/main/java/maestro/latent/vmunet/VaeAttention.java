package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Layer;

/** Single-head self-attention over all positions, with its residual. */
final class VaeAttention extends Layer {
  private final GroupNorm norm;
  private final Convolution query;
  private final Convolution key;
  private final Convolution value;
  private final Convolution projectOut;

  VaeAttention(int channels) {
    norm = child("norm", new GroupNorm(32, channels, MusicVae.EPSILON));
    query = child("q", Convolution.pointwise(channels, channels));
    key = child("k", Convolution.pointwise(channels, channels));
    value = child("v", Convolution.pointwise(channels, channels));
    projectOut = child("proj_out", Convolution.pointwise(channels, channels));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return scoped(
        () -> {
          NDArray normal = norm.apply(store, x, training);
          NDArray attended =
              Functions.attention(
                  tokens(query.apply(store, normal, training)),
                  tokens(key.apply(store, normal, training)),
                  tokens(value.apply(store, normal, training)),
                  1);
          NDArray plane = attended.transpose(0, 2, 1).reshape(x.getShape());
          return projectOut.apply(store, plane, training).add(x);
        });
  }

  private static NDArray tokens(NDArray plane) {
    Shape shape = plane.getShape();
    return plane
        .reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3))
        .transpose(0, 2, 1);
  }
}
