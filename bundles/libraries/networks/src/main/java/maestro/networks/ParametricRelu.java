package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
import maestro.tensor.nn.Layer;

/** max(x, 0) + a·min(x, 0) with one slope for all channels; {@code weight} [1] (He et al. 2015). */
public final class ParametricRelu extends Layer {
  private static final float FIRST_SLOPE = 0.25f;

  private final Parameter weight = parameter("weight", new ConstantInitializer(FIRST_SLOPE), 1);

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray below = Activation.relu(x.neg());
    return Activation.relu(x).sub(below.mul(value(store, weight, x, training)));
  }
}
