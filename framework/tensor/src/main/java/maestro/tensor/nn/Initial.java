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

  /** Given values; the shape must be the parameter's. */
  public static Initializer of(FloatTensor values) {
    return (manager, shape, type) ->
        manager.create(
            FloatBuffer.wrap(values.values()), shape, ai.djl.ndarray.types.DataType.FLOAT32);
  }
}
