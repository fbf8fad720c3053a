package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Layer;

/**
 * Decoder of the Music VAE: latent {@code [B, 8, T/4, F/4]}, already divided by the scale factor,
 * to mel {@code [B, 1, T, F]}. Holds {@code post_quant_conv} and {@code decoder.*}; {@code
 * decoder.up} counts from the finest level.
 */
public final class VaeDecoder extends Layer {
  private final VaeConfig config;
  private final Convolution postQuantise;
  private final Convolution convolutionIn;
  private final VaeResBlock middle1;
  private final VaeAttention middleAttention;
  private final VaeResBlock middle2;
  private final List<Layer> up = new ArrayList<>();
  private final GroupNorm normOut;
  private final Convolution convolutionOut;

  /** A step up: every value twice in both directions, then a convolution. */
  private static final class Up extends Layer {
    private final Convolution convolution;

    Up(int channels) {
      convolution = child("conv", Convolution.plane(channels, channels, 3, 1, 1));
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return scoped(() -> convolution.apply(store, Functions.doubled(x), training));
    }
  }

  /** Builds the decoder without arrays. */
  public VaeDecoder(VaeConfig config) {
    this.config = config;
    int latent = config.latentChannels();
    postQuantise = child("post_quant_conv", Convolution.pointwise(latent, latent));
    int width = config.width(config.levels() - 1);
    convolutionIn = child("decoder.conv_in", Convolution.plane(latent, width, 3, 1, 1));
    middle1 = child("decoder.mid.block_1", new VaeResBlock(width, width));
    middleAttention = child("decoder.mid.attn_1", new VaeAttention(width));
    middle2 = child("decoder.mid.block_2", new VaeResBlock(width, width));
    for (int level = config.levels() - 1; level >= 0; level--) {
      String name = "decoder.up." + level;
      for (int i = 0; i <= config.resBlocks(); i++) {
        up.add(child(name + ".block." + i, new VaeResBlock(width, config.width(level))));
        width = config.width(level);
      }
      if (level > 0) {
        up.add(child(name + ".upsample", new Up(width)));
      }
    }
    normOut = child("decoder.norm_out", new GroupNorm(32, width, MusicVae.EPSILON));
    convolutionOut =
        child("decoder.conv_out", Convolution.plane(width, config.melChannels(), 3, 1, 1));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray latent, boolean training) {
    return scoped(
        () -> {
          NDArray h =
              convolutionIn.apply(store, postQuantise.apply(store, latent, training), training);
          h = middle1.apply(store, h, training);
          h = middleAttention.apply(store, h, training);
          h = middle2.apply(store, h, training);
          for (Layer layer : up) {
            h = layer.apply(store, h, training);
          }
          return convolutionOut.apply(
              store, Functions.silu(normOut.apply(store, h, training)), training);
        });
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape z = inputShapes[0];
    int r = config.compression();
    return new Shape[] {new Shape(z.get(0), config.melChannels(), r * z.get(2), r * z.get(3))};
  }
}
