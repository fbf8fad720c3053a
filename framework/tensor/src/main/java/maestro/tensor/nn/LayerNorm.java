package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;

/** Layer normalisation over the last axis; {@code weight} and {@code bias} [width]. */
public final class LayerNorm extends Layer {
  private final Parameter weight;
  private final Parameter bias;
  private final float epsilon;
  private final Shape width;

  /** A normalisation with that epsilon added to the variance. */
  public LayerNorm(int width, float epsilon) {
    this.width = new Shape(width);
    this.epsilon = epsilon;
    weight = parameter("weight", Initializer.ONES, width);
    bias = parameter("bias", Initializer.ZEROS, width);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return ai.djl.nn.norm.LayerNorm.layerNorm(
            x, width, value(store, weight, x, training), value(store, bias, x, training), epsilon)
        .singletonOrThrow();
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
