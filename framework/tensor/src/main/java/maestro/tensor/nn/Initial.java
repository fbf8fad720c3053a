package maestro.tensor.nn;

import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.UniformInitializer;
import java.nio.FloatBuffer;
import maestro.api.tensor.FloatTensor;

/** First values of parameters. */
public final class Initial {
  private Initial() {}

  /**
   * PyTorch's default for weights and biases of linear and convolution layers: uniform in
   * ±1/√fan-in.
   */
  public static Initializer fanIn(long fanIn) {
    return new UniformInitializer((float) (1 / Math.sqrt(fanIn)));
  }

  /**
   * Weights in front of a SiLU that keep the mean square of what goes through both (the argument of
   * He et al. 2015 for SiLU, whose mean square is 0.355 for a standard normal number): uniform with
   * variance 1/(0.355·fan-in).
   */
  public static Initializer beforeSilu(long fanIn) {
    return new UniformInitializer((float) Math.sqrt(3 / (0.355 * fanIn)));
  }

  /** Given values; the shape must be the parameter's. */
  public static Initializer of(FloatTensor values) {
    return (manager, shape, type) ->
        manager.create(
            FloatBuffer.wrap(values.values()), shape, ai.djl.ndarray.types.DataType.FLOAT32);
  }
}
