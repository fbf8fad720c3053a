package maestro.vocoder.hifigan;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.TransposedConvolution;

/**
 * HiFi-GAN's generator (Kong et al. 2020): log-mel {@code [B, 64, T]} to sound {@code [B, 1, S]}
 * within −1 … 1, where S is 160·T + 32 in AudioLDM's layout. Parameters carry AudioLDM's names
 * without {@code first_stage_model.vocoder.}, weight normalisation folded in.
 */
public final class HifiGan extends Layer {
  /** Channels of a stage so long and narrow that it is computed in windows. */
  private static final int NARROW = 64;

  private static final int LAST_KERNEL = 7;
  private static final float LAST_SLOPE = 0.01f; // the library's default, not the configured one

  private final float slope;
  private final Convolution convolutionPre;
  private final List<TransposedConvolution> ups = new ArrayList<>();
  private final List<List<ResidualBlock>> stages = new ArrayList<>();
  private final Convolution convolutionPost;
  private final int wide; // stages before the narrow ones
  private final long reach;

  /** A residual block: for each dilation x += conv(leaky(dilated conv(leaky(x)))). */
  private static final class ResidualBlock extends Layer {
    private final float slope;
    private final List<Convolution> dilated = new ArrayList<>();
    private final List<Convolution> plain = new ArrayList<>();

    ResidualBlock(int channels, int kernel, List<Integer> dilations, float slope) {
      this.slope = slope;
      for (int i = 0; i < dilations.size(); i++) {
        dilated.add(
            child("convs1." + i, Convolution.line(channels, channels, kernel, dilations.get(i))));
      }
      for (int i = 0; i < dilations.size(); i++) {
        plain.add(child("convs2." + i, Convolution.line(channels, channels, kernel, 1)));
      }
    }

    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
      return scoped(
          () -> {
            NDArray h = x;
            for (int i = 0; i < dilated.size(); i++) {
              NDArray inner = dilated.get(i).apply(store, Activation.leakyRelu(h, slope), training);
              inner = plain.get(i).apply(store, Activation.leakyRelu(inner, slope), training);
              h = h.add(inner);
            }
            return h;
          });
    }
  }

  /** Builds the generator without arrays. */
  public HifiGan(HifiGanConfig config) {
    slope = config.slope();
    convolutionPre = child("conv_pre", Convolution.line(config.bands(), config.channels(), 7, 1));
    int width = config.channels();
    int block = 0;
    for (int i = 0; i < config.rates().size(); i++) {
      int rate = config.rates().get(i);
      int kernel = config.kernels().get(i);
      ups.add(
          child(
              "ups." + i,
              new TransposedConvolution(width, width / 2, kernel, rate, (kernel - rate) / 2)));
      width /= 2;
      List<ResidualBlock> stage = new ArrayList<>();
      for (int residualKernel : config.residualKernels()) {
        stage.add(
            child(
                "resblocks." + block++,
                new ResidualBlock(width, residualKernel, config.dilations(), slope)));
      }
      stages.add(stage);
    }
    convolutionPost = child("conv_post", Convolution.line(width, 1, LAST_KERNEL, 1));
    int stage = 0;
    while (stage < ups.size() && config.channels() >> (stage + 1) > NARROW) {
      stage++;
    }
    wide = stage;
    reach = reach(config, wide);
  }

  /** How far on either side the stages from one on look, in samples of what enters it. */
  private static long reach(HifiGanConfig config, int from) {
    int kernel = config.residualKernels().stream().max(Integer::compare).orElse(1);
    long block = config.dilations().stream().mapToLong(d -> (d + 1) * (kernel / 2)).sum();
    long samples = LAST_KERNEL / 2;
    for (int i = config.rates().size() - 1; i >= from; i--) {
      int rate = config.rates().get(i);
      samples = ceil(samples + block, rate) + ceil(config.kernels().get(i), rate);
    }
    return samples;
  }

  private static long ceil(long number, int divisor) {
    return (number + divisor - 1) / divisor;
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray mel, boolean training) {
    return scoped(
        () -> {
          NDArray h = convolutionPre.apply(store, mel, training);
          for (int i = 0; i < wide; i++) {
            h = stage(store, i, h, training);
          }
          return Functions.inWindows(h, reach, x -> narrowStages(store, x, training));
        });
  }

  private NDArray narrowStages(ParameterStore store, NDArray x, boolean training) {
    NDArray h = x;
    for (int i = wide; i < ups.size(); i++) {
      h = stage(store, i, h, training);
    }
    return Activation.tanh(
        convolutionPost.apply(store, Activation.leakyRelu(h, LAST_SLOPE), training));
  }

  private NDArray stage(ParameterStore store, int index, NDArray x, boolean training) {
    return scoped(
        () -> {
          NDArray h = ups.get(index).apply(store, Activation.leakyRelu(x, slope), training);
          List<ResidualBlock> blocks = stages.get(index);
          NDArray sum = null;
          for (ResidualBlock block : blocks) {
            NDArray y = block.apply(store, h, training);
            sum = sum == null ? y : sum.add(y);
          }
          return Functions.times(sum, 1f / blocks.size());
        });
  }
}
