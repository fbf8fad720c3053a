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
 * Encoder of the Music VAE: mel {@code [B, 1, T, F]} to moments {@code [B, 16, T/4, F/4]}, the
 * means first and then the logarithms of the variances. Holds {@code encoder.*} and {@code
 * quant_conv}.
 */
public final class VaeEncoder extends Layer {
  private final VaeConfig config;
  private final Convolution convolutionIn;
  private final List<Layer> down = new ArrayList<>();
  private final VaeResBlock middle1;
  private final VaeAttention middleAttention;
  private final VaeResBlock middle2;
  private final GroupNorm normOut;
  private final Convolution convolutionOut;
  private final Convolution quantise;

  /**
   * A step down: zeros to the right and below only, then a convolution of stride 2 without padding.
   */
  private static final class Down extends Layer {
    private final Convolution convolution;

    Down(int channels) {
      convolution = child("conv", Convolution.plane(channels, channels, 3, 2, 0));
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return scoped(() -> convolution.apply(store, x.pad(new Shape(0, 1, 0, 1), 0), training));
    }
  }

  /** Builds the encoder without arrays. */
  public VaeEncoder(VaeConfig config) {
    this.config = config;
    int width = config.width(0);
    convolutionIn =
        child("encoder.conv_in", Convolution.plane(config.melChannels(), width, 3, 1, 1));
    for (int level = 0; level < config.levels(); level++) {
      String name = "encoder.down." + level;
      for (int i = 0; i < config.resBlocks(); i++) {
        down.add(child(name + ".block." + i, new VaeResBlock(width, config.width(level))));
        width = config.width(level);
      }
      if (level < config.levels() - 1) {
        down.add(child(name + ".downsample", new Down(width)));
      }
    }
    middle1 = child("encoder.mid.block_1", new VaeResBlock(width, width));
    middleAttention = child("encoder.mid.attn_1", new VaeAttention(width));
    middle2 = child("encoder.mid.block_2", new VaeResBlock(width, width));
    normOut = child("encoder.norm_out", new GroupNorm(32, width, MusicVae.EPSILON));
    int moments = 2 * config.latentChannels();
    convolutionOut = child("encoder.conv_out", Convolution.plane(width, moments, 3, 1, 1));
    quantise = child("quant_conv", Convolution.pointwise(moments, moments));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray mel, boolean training) {
    return scoped(
        () -> {
          NDArray h = convolutionIn.apply(store, mel, training);
          for (Layer layer : down) {
            h = layer.apply(store, h, training);
          }
          h = middle1.apply(store, h, training);
          h = middleAttention.apply(store, h, training);
          h = middle2.apply(store, h, training);
          h = Functions.silu(normOut.apply(store, h, training));
          return quantise.apply(store, convolutionOut.apply(store, h, training), training);
        });
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape mel = inputShapes[0];
    int r = config.compression();
    return new Shape[] {
      new Shape(mel.get(0), 2L * config.latentChannels(), mel.get(2) / r, mel.get(3) / r)
    };
  }
}
