package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.NamedBlock;

/**
 * Brings one control from mel frames to every resolution of the branch (paper, equation 3: two
 * convolutional blocks and a zero convolution). Controls have no frequency axis, so every kernel is
 * (3, 1) and the result is spread over it.
 *
 * <p>First values let a control reach every level undamped: with PyTorch's it fades to a hundredth
 * on the way, and neither zero convolution that follows finds anything to learn from. The paper is
 * silent on first values.
 */
final class LocalEncoder extends NamedBlock {
  private static final long[] KERNEL = {3, 1};
  private static final long[] PADDING = {1, 0};
  private static final long[] ONE = {1, 1};
  private static final long[] HALF = {2, 1};

  private final List<Convolution> pre = new ArrayList<>();
  private final List<Convolution> extractors = new ArrayList<>();
  private final List<Convolution> zeroConvolutions = new ArrayList<>();

  /**
   * An encoder.
   *
   * @param channels channels of the control
   * @param preWidths widths of the two first convolutions, each of which halves the time
   * @param widths width at each level that is wanted
   */
  LocalEncoder(int channels, List<Integer> preWidths, List<Integer> widths) {
    int width = channels;
    for (int next : preWidths) {
      pre.add(
          child("pre." + pre.size(), Convolution.beforeSilu(width, next, KERNEL, HALF, PADDING)));
      width = next;
    }
    for (int level = 0; level < widths.size(); level++) {
      int next = widths.get(level);
      extractors.add(
          child(
              "extractors." + level,
              Convolution.beforeSilu(width, next, KERNEL, level == 0 ? ONE : HALF, PADDING)));
      width = next;
    }
    for (int level = 0; level < widths.size(); level++) {
      int next = widths.get(level);
      zeroConvolutions.add(
          child(
              "zero_convs." + level, Convolution.zeroRectangle(next, next, KERNEL, ONE, PADDING)));
    }
  }

  /**
   * The block's function.
   *
   * @param control {@code [B, C, 4T, 1]}
   * @return for each level l, {@code [B, width(l), T/2^l, 1]}
   */
  NDList apply(ParameterStore store, NDArray control, boolean training) {
    NDArray h = control;
    for (Convolution convolution : pre) {
      h = Functions.silu(convolution.apply(store, h, training));
    }
    NDList levels = new NDList(extractors.size());
    for (int level = 0; level < extractors.size(); level++) {
      h = Functions.silu(extractors.get(level).apply(store, h, training));
      levels.add(zeroConvolutions.get(level).apply(store, h, training));
    }
    return levels;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return apply(store, inputs.singletonOrThrow(), training);
  }
}
