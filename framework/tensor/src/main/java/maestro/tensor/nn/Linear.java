package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;

/**
 * y = x·Wᵀ + b over the last axis; {@code weight} [out, in], {@code bias} [out].
 *
 * <p>May carry a low-rank adapter (Hu et al. 2022): y + (alpha/rank)·(x·Aᵀ)·Bᵀ with {@code
 * lora_A.weight} [rank, in] and {@code lora_B.weight} [out, rank]. B starts as zero, so a new
 * adapter changes nothing.
 */
public final class Linear extends Layer {
  private final Parameter weight;
  private final Parameter bias;
  private final int inputs;
  private final int outputs;
  private Parameter down;
  private Parameter up;
  private float scale;

  /** A layer with a bias. */
  public Linear(int inputs, int outputs) {
    this(inputs, outputs, true);
  }

  /** A layer with or without a bias. */
  public Linear(int inputs, int outputs, boolean bias) {
    this.inputs = inputs;
    this.outputs = outputs;
    weight = parameter("weight", Initial.fanIn(inputs), outputs, inputs);
    this.bias = bias ? parameter("bias", Initial.fanIn(inputs), outputs) : null;
  }

  /**
   * Attaches a low-rank adapter. A is drawn uniformly from ±1/√in, B is zero.
   *
   * @param rank 1 or more
   * @param alpha the adapter is scaled by alpha/rank
   * @throws IllegalStateException if there is one
   */
  public void attachLora(int rank, float alpha) {
    if (down != null) {
      throw new IllegalStateException("linear: an adapter is attached already");
    }
    if (rank < 1) {
      throw new IllegalArgumentException("illegal rank: " + rank + ", must be 1 or more");
    }
    down = parameter("lora_A.weight", Initial.fanIn(inputs), rank, inputs);
    up = parameter("lora_B.weight", Initializer.ZEROS, outputs, rank);
    scale = alpha / rank;
  }

  /** Whether an adapter is attached. */
  public boolean hasLora() {
    return down != null;
  }

  /** Takes the adapter off and forgets it, without a change to the weight. */
  public void detachLora() {
    removeParameter("lora_A.weight");
    removeParameter("lora_B.weight");
    down = null;
    up = null;
  }

  /**
   * Adds the adapter's product to the weight: W + (alpha/rank)·B·A. The adapter itself stays as it
   * is and must be detached.
   */
  public void mergeLora() {
    addProduct(scale);
  }

  /** Takes the adapter's product out of the weight again. */
  public void unmergeLora() {
    addProduct(-scale);
  }

  private void addProduct(float factor) {
    if (down == null) {
      throw new IllegalStateException("linear: no adapter is attached");
    }
    NDArray array = weight.getArray();
    try (NDManager scope = array.getManager().newSubManager()) {
      float[] product = up.getArray().matMul(down.getArray()).mul(factor).toFloatArray();
      float[] sum = array.toFloatArray();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += product[i];
      }
      array.set(sum);
    }
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray y = linear(x, weight, bias, store, training);
    if (down == null) {
      return y;
    }
    return y.add(
        Functions.times(
            linear(linear(x, down, null, store, training), up, null, store, training), scale));
  }

  private static NDArray linear(
      NDArray x, Parameter weight, Parameter bias, ParameterStore store, boolean training) {
    return ai.djl.nn.core.Linear.linear(
            x,
            value(store, weight, x, training),
            bias == null ? null : value(store, bias, x, training))
        .singletonOrThrow();
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape input = inputShapes[0];
    return new Shape[] {input.slice(0, input.dimension() - 1).add(outputs)};
  }
}
