package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.function.UnaryOperator;
import maestro.tensor.graph.Fused;
import maestro.tensor.graph.Windows;

/** Functions without parameters that DJL lacks or names differently. */
public final class Functions {
  private static final int NEAREST = 0;

  private Functions() {}

  /** x·σ(x). */
  public static NDArray silu(NDArray x) {
    return Fused.silu(x).orElseGet(() -> Activation.sigmoid(x).mul(x));
  }

  /**
   * Every number times a factor; to be used wherever a gradient may pass. DJL's own {@code
   * mul(Number)} hands PyTorch a number that lies in memory of Java's, which the gradient still
   * needs when Java may have taken it back: after a collection between forward and backward the
   * gradient is wrong.
   */
  public static NDArray times(NDArray x, float factor) {
    return x.mul(constant(x, factor));
  }

  /** The greater of every number and a bound, with a gradient; see {@link #times}. */
  public static NDArray atLeast(NDArray x, float least) {
    return x.maximum(constant(x, least));
  }

  /** Every number within bounds, with a gradient; see {@link #times} for why not DJL's clip. */
  public static NDArray within(NDArray x, float least, float greatest) {
    return atLeast(x, least).minimum(constant(x, greatest));
  }

  private static NDArray constant(NDArray x, float value) {
    return x.getManager().full(new Shape(), value, x.getDataType());
  }

  /** Repeats every row and column of [B, C, H, W] twice. */
  public static NDArray doubled(NDArray x) {
    long height = x.getShape().get(2);
    long width = x.getShape().get(3);
    return x.getNDArrayInternal().interpolation(new long[] {2 * height, 2 * width}, NEAREST, false);
  }

  /**
   * A function of a long line with few channels, which the compiler may compute on overlapping
   * windows of it side by side; the result is the same.
   *
   * @param line {@code [B, C, L]}
   * @param reach how many samples before and after its own place a result depends on, at most
   * @param function from {@code [B, C, L]} to {@code [B, D, s·L]} for any L, the same at every
   *     place, with zeros taken for what lies outside the line
   */
  public static NDArray inWindows(NDArray line, long reach, UnaryOperator<NDArray> function) {
    return Windows.over(line, reach, function);
  }

  /**
   * Attention of every head (Vaswani et al. 2017), softmax(q·kᵀ·width^−½)·v.
   *
   * @param q {@code [B, N, heads·width]}
   * @param k {@code [B, M, heads·width]}
   * @param v {@code [B, M, heads·width]}
   * @return {@code [B, N, heads·width]}
   */
  public static NDArray attention(NDArray q, NDArray k, NDArray v, int heads) {
    return Fused.attention(q, k, v, heads).orElseGet(() -> stepwise(q, k, v, heads));
  }

  private static NDArray stepwise(NDArray q, NDArray k, NDArray v, int heads) {
    long width = q.getShape().get(2) / heads;
    NDArray queries = heads(q, heads, width);
    NDArray keys = heads(k, heads, width).transpose(0, 1, 3, 2);
    NDArray weights = times(queries, (float) (1 / Math.sqrt(width))).matMul(keys).softmax(3);
    return weights
        .matMul(heads(v, heads, width))
        .transpose(0, 2, 1, 3)
        .reshape(q.getShape().get(0), q.getShape().get(1), heads * width);
  }

  private static NDArray heads(NDArray x, int heads, long width) {
    return x.reshape(x.getShape().get(0), x.getShape().get(1), heads, width).transpose(0, 2, 1, 3);
  }
}
