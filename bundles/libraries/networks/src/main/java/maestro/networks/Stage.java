package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Layer;

/**
 * Layers one after the other, named {@code 0}, {@code 1}, … as PyTorch's sequential module does.
 */
public final class Stage extends Layer {
  private final List<Layer> layers = new ArrayList<>();

  private Stage() {}

  /**
   * A stage of bottlenecks, of which the first carries the stride.
   *
   * @param dimensions 2 or 3
   * @param in channels of the input
   * @param width channels in the middle of each block; the output has four times as many
   */
  public static Stage bottlenecks(int dimensions, int blocks, int in, int width, int stride) {
    Stage stage = new Stage();
    for (int i = 0; i < blocks; i++) {
      stage.add(
          i == 0
              ? Residual.bottleneck(dimensions, in, width, stride)
              : Residual.bottleneck(dimensions, width * Residual.EXPANSION, width, 1));
    }
    return stage;
  }

  /** A stage of basic blocks, of which the first carries the stride. */
  public static Stage basics(int blocks, int in, int width, int stride) {
    Stage stage = new Stage();
    for (int i = 0; i < blocks; i++) {
      stage.add(i == 0 ? Residual.basic(in, width, stride) : Residual.basic(width, width, 1));
    }
    return stage;
  }

  private void add(Layer layer) {
    layers.add(child(Integer.toString(layers.size()), layer));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray y = x;
    for (Layer layer : layers) {
      y = layer.apply(store, y, training);
    }
    return y;
  }
}
