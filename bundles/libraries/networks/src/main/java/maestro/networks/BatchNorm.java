package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import maestro.tensor.nn.Layer;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) of a frozen network: (x − running_mean) /
 * √(running_var + 1e-5) · weight + bias for each channel, axis 1. The statistics never change.
 */
public final class BatchNorm extends Layer {
  private static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.9f;

  private final Parameter weight;
  private final Parameter bias;
  private final Parameter mean;
  private final Parameter variance;

  /** A normalisation of that many channels. */
  public BatchNorm(int channels) {
    weight = parameter("weight", Initializer.ONES, channels);
    bias = parameter("bias", Initializer.ZEROS, channels);
    mean = parameter("running_mean", Initializer.ZEROS, channels);
    variance = parameter("running_var", Initializer.ONES, channels);
    mean.freeze(true);
    variance.freeze(true);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return ai.djl.nn.norm.BatchNorm.batchNorm(
            x,
            value(store, mean, x, training),
            value(store, variance, x, training),
            value(store, weight, x, training),
            value(store, bias, x, training),
            1,
            MOMENTUM,
            EPSILON,
            false)
        .singletonOrThrow();
  }
}
