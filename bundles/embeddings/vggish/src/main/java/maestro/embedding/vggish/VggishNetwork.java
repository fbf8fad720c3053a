package maestro.embedding.vggish;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.Linear;

/**
 * VGGish (Hershey et al. 2017): patches [B, 1, 96, 64] to embeddings [B, 128], under the names of
 * harritaylor/torchvggish.
 *
 * <p>Six 3×3 convolutions with rectifiers, halved by 2×2 maxima after the first, second, fourth and
 * sixth; the [512, 6, 4] that remains is read row, column, channel, and goes through linear layers
 * of 4096, 4096 and 128. As for the Fréchet distance, there is no rectifier after the last.
 */
final class VggishNetwork extends Layer {
  /** Width of an embedding. */
  static final int WIDTH = 128;

  private static final int[] CHANNELS = {1, 64, 128, 256, 256, 512, 512};

  /**
   * Where each convolution stands in the published sequence, which counts rectifiers and maxima,
   * too.
   */
  private static final int[] PLACES = {0, 3, 6, 8, 11, 13};

  private static final Set<Integer> HALVED = Set.of(0, 1, 3, 5);
  private static final int FLAT = 512 * 6 * 4;
  private static final int HIDDEN = 4096;

  private final List<Convolution> features = new ArrayList<>();
  private final List<Linear> embeddings = new ArrayList<>();

  /** Builds the network without arrays. */
  VggishNetwork() {
    for (int i = 0; i < PLACES.length; i++) {
      features.add(
          child("features." + PLACES[i], Convolution.plane(CHANNELS[i], CHANNELS[i + 1], 3, 1, 1)));
    }
    embeddings.add(child("embeddings.0", new Linear(FLAT, HIDDEN)));
    embeddings.add(child("embeddings.2", new Linear(HIDDEN, HIDDEN)));
    embeddings.add(child("embeddings.4", new Linear(HIDDEN, WIDTH)));
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray patches, boolean training) {
    return scoped(
        () -> {
          Shape two = new Shape(2, 2);
          NDArray x = patches;
          for (int i = 0; i < features.size(); i++) {
            x = Activation.relu(features.get(i).apply(store, x, training));
            if (HALVED.contains(i)) {
              x = Pool.maxPool2d(x, two, two, new Shape(0, 0), false);
            }
          }
          x = x.transpose(0, 2, 3, 1).reshape(-1, FLAT);
          x = Activation.relu(embeddings.get(0).apply(store, x, training));
          x = Activation.relu(embeddings.get(1).apply(store, x, training));
          return embeddings.get(2).apply(store, x, training);
        });
  }
}
