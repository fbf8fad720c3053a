package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions of several steps that a runtime has in one operator. */
public final class Fused {
  /** Widest head for which ONNX Runtime's attention is the faster one on the processor. */
  private static final long WIDEST_HEAD = 64;

  private Fused() {}

  /**
   * Attention of every head, when the arrays are being recorded for a runtime that has an operator
   * for it.
   *
   * @param q {@code [B, N, heads·width]}
   * @param k {@code [B, M, heads·width]}
   * @param v {@code [B, M, heads·width]}
   * @return {@code [B, N, heads·width]}; empty when the caller has to compute it step by step
   */
  public static Optional<NDArray> attention(NDArray q, NDArray k, NDArray v, int heads) {
    return Recording.recorder(q, RecordedArray.class)
        .filter(array -> array.graph().target() != Target.PORTABLE)
        .filter(
            array ->
                array.graph().target() == Target.TORCH
                    || array.value().axis(2) / heads <= WIDEST_HEAD)
        .map(
            array ->
                array.array(
                    array
                        .graph()
                        .add(
                            RecordedOperations.RUNTIME,
                            "MultiHeadAttention",
                            array.value().type(),
                            array.value().shape(),
                            List.of(array.value(), RecordedArray.value(k), RecordedArray.value(v)),
                            Map.of("num_heads", (long) heads))));
  }

  /** x·σ(x), when it is being recorded for a runtime that has an operator for it. */
  public static Optional<NDArray> silu(NDArray x) {
    return forTorch(x)
        .map(array -> array.array(array.graph().elementwise("", "Silu", array.value(), Map.of())));
  }

  /**
   * Group normalisation with its affine part, when it is being recorded for a runtime that has an
   * operator for it.
   *
   * @param x {@code [B, C, …]}
   * @param weight {@code [C]}
   * @param bias {@code [C]}
   */
  public static Optional<NDArray> groupNorm(
      NDArray x, int groups, NDArray weight, NDArray bias, float epsilon) {
    return forTorch(x)
        .map(
            array ->
                array.array(
                    array
                        .graph()
                        .add(
                            "GroupNormalization",
                            array.value().type(),
                            array.value().shape(),
                            List.of(
                                array.value(),
                                RecordedArray.value(weight),
                                RecordedArray.value(bias)),
                            Map.of("groups", (long) groups, "epsilon", epsilon))));
  }

  private static Optional<RecordedArray> forTorch(NDArray x) {
    return Recording.recorder(x, RecordedArray.class)
        .filter(array -> array.graph().target() == Target.TORCH);
  }
}
