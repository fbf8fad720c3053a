package maestro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import java.util.Arrays;
import maestro.tensor.graph.Fused;

/**
 * Group normalisation (Wu and He 2018) of [B, C, …]; {@code weight} and {@code bias} [C].
 *
 * <p>DJL has none; each group is a row of a layer normalisation, and the affine part follows.
 */
public final class GroupNorm extends Layer {
  private final Parameter weight;
  private final Parameter bias;
  private final int groups;
  private final int channels;
  private final float epsilon;

  /**
   * A normalisation that starts without effect on the scale.
   *
   * @param channels a multiple of the groups
   * @param epsilon added to the variance
   */
  public GroupNorm(int groups, int channels, float epsilon) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "group norm: " + channels + " channels do not split into " + groups + " groups");
    }
    this.groups = groups;
    this.channels = channels;
    this.epsilon = epsilon;
    weight = parameter("weight", Initializer.ONES, channels);
    bias = parameter("bias", Initializer.ZEROS, channels);
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    return Fused.groupNorm(
            x, groups, value(store, weight, x, training), value(store, bias, x, training), epsilon)
        .orElseGet(() -> byRows(store, x, training));
  }

  private NDArray byRows(ParameterStore store, NDArray x, boolean training) {
    Shape shape = x.getShape();
    long[] perChannel = new long[shape.dimension()];
    Arrays.fill(perChannel, 1);
    perChannel[1] = channels;
    Shape row = new Shape(shape.size() / shape.get(0) / groups);
    return scoped(
        () -> {
          NDManager manager = x.getManager();
          NDArray rows = x.reshape(shape.get(0), groups, row.get(0));
          NDArray normal =
              rows.getNDArrayInternal()
                  .layerNorm(
                      rows,
                      row,
                      manager.ones(row, x.getDataType()),
                      manager.zeros(row, x.getDataType()),
                      epsilon)
                  .singletonOrThrow()
                  .reshape(shape);
          NDArray scale = value(store, weight, x, training).reshape(new Shape(perChannel));
          NDArray shift = value(store, bias, x, training).reshape(new Shape(perChannel));
          return normal.mul(scale).add(shift);
        });
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {inputShapes[0]};
  }
}
