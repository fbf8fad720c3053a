package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;

/**
 * VM-UNet, the noise predictor: AudioLDM's U-Net with the film condition (paper, section 3.2).
 * Parameters carry AudioLDM's own names without {@code model.diffusion_model.}.
 *
 * <p>Inputs: latent {@code [B, 8, T, F]}, timestep {@code [B]}, film condition {@code [B, width]},
 * and optionally the residuals of an S-Control Branch: one for each input block and one for the
 * middle. Output: noise {@code [B, 8, T, F]}.
 */
public final class UNet extends EncoderHalf {
  private final List<OutputBlock> outputBlocks = new ArrayList<>();
  private final GroupNorm outNorm;
  private final Convolution outConvolution;

  /** One entry of output_blocks. */
  private record OutputBlock(ResBlock residual, SpatialTransformer transformer, Convolution up) {}

  /** Builds the network without arrays. */
  public UNet(UNetConfig config) {
    super(config);
    int width = config.width(config.levels() - 1);
    int skip = skipWidths.size();
    for (int level = config.levels() - 1; level >= 0; level--) {
      for (int i = 0; i <= config.resBlocks(); i++) {
        String name = "output_blocks." + outputBlocks.size() + ".";
        int part = 0;
        ResBlock residual =
            child(name + part++, residual(width + skipWidths.get(--skip), config.width(level)));
        width = config.width(level);
        SpatialTransformer transformer =
            config.attends(level) ? child(name + part++, transformer(width)) : null;
        Convolution up =
            level > 0 && i == config.resBlocks()
                ? child(name + part + ".conv", Convolution.plane(width, width, 3, 1, 1))
                : null;
        outputBlocks.add(new OutputBlock(residual, transformer, up));
      }
    }
    outNorm = child("out.0", new GroupNorm(32, width, 1e-5f));
    outConvolution = child("out.2", Convolution.plane(width, config.latentChannels(), 3, 1, 1));
  }

  /** The numbers of the network. */
  public UNetConfig config() {
    return config;
  }

  /**
   * The predicted noise.
   *
   * @param x latent {@code [B, 8, T, F]}, T and F multiples of 8
   * @param timesteps {@code [B]}, or [1] for all
   * @param condition {@code [B, filmWidth]}
   * @param residuals what the branch adds to each skip connection and, last, to the middle; or null
   * @throws maestro.api.MaestroException of kind INPUT when T or F is not such a multiple
   */
  NDArray apply(
      ParameterStore store,
      NDArray x,
      NDArray timesteps,
      NDArray condition,
      NDList residuals,
      boolean training) {
    checkLatent(x);
    return scoped(
        () -> {
          NDArray embedding = embed(store, timesteps, condition, training);
          NDArray context = context(condition);
          NDList skips = encode(store, x, embedding, context, null, null, training);
          int last = skips.size() - 1;
          NDArray h = steered(skips, residuals, last);
          for (OutputBlock block : outputBlocks) {
            h = h.concat(steered(skips, residuals, --last), 1);
            h = block.residual.apply(store, h, embedding, null, training);
            if (block.transformer != null) {
              h = block.transformer.apply(store, h, context, training);
            }
            if (block.up != null) {
              h = block.up.apply(store, Functions.doubled(h), training);
            }
          }
          return outConvolution.apply(
              store, Functions.silu(outNorm.apply(store, h, training)), training);
        });
  }

  private static NDArray steered(NDList skips, NDList residuals, int index) {
    return residuals == null ? skips.get(index) : skips.get(index).add(residuals.get(index));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDList residuals = inputs.size() > 3 ? inputs.subNDList(3) : null;
    return new NDList(
        apply(store, inputs.get(0), inputs.get(1), inputs.get(2), residuals, training));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
