package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.ParameterStore;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Layer;

/** The VAE's residual block: norm, SiLU, conv, twice; plus the input. */
final class VaeResBlock extends Layer {
  private final GroupNorm norm1;
  private final Convolution convolution1;
  private final GroupNorm norm2;
  private final Convolution convolution2;
  private final Convolution shortcut;

  VaeResBlock(int inputs, int outputs) {
    norm1 = child("norm1", new GroupNorm(32, inputs, MusicVae.EPSILON));
    convolution1 = child("conv1", Convolution.plane(inputs, outputs, 3, 1, 1));
    norm2 = child("norm2", new GroupNorm(32, outputs, MusicVae.EPSILON));
    convolution2 = child("conv2", Convolution.plane(outputs, outputs, 3, 1, 1));
    shortcut =
        inputs == outputs ? null : child("nin_shortcut", Convolution.pointwise(inputs, outputs));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return scoped(
        () -> {
          NDArray h =
              convolution1.apply(store, Functions.silu(norm1.apply(store, x, training)), training);
          h = convolution2.apply(store, Functions.silu(norm2.apply(store, h, training)), training);
          return h.add(shortcut == null ? x : shortcut.apply(store, x, training));
        });
  }
}
