package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.Linear;

/**
 * Pieces of a log-mel [B, 1, frames, 64] to embeddings [B, width].
 *
 * <p>After the few-shot network of serre-lab/diversity_vs_recognizability (Snell et al. 2017):
 * means of four frames, then four blocks of 3×3 convolution, normalisation, rectifier and 2×2
 * maximum, and two linear layers. Ours is narrower at the fine end, normalises by groups, so that a
 * piece is heard alike in any company, and takes mean and maximum over time before the linear
 * layers, so that it does not matter when in a piece something happens.
 */
public final class StyleNetwork extends Layer {
  /** Mel bands of a frame. */
  public static final int BANDS = 64;

  // Middle and spread of log-mel values in music, roughly.
  private static final float CENTRE = -5;
  private static final float SPREAD = 3;

  private static final float EPSILON = 1e-5f;

  private final StyleSize size;
  private final List<Convolution> convolutions = new ArrayList<>();
  private final List<GroupNorm> norms = new ArrayList<>();
  private final Linear hidden;
  private final Linear embedding;

  /** Builds the network without arrays. */
  public StyleNetwork(StyleSize size) {
    this.size = size;
    int in = 1;
    for (int i = 0; i < StyleSize.BLOCKS; i++) {
      int out = size.channels().get(i);
      convolutions.add(child("blocks." + i + ".conv", Convolution.plane(in, out, 3, 1, 1)));
      norms.add(child("blocks." + i + ".norm", new GroupNorm(StyleSize.GROUPS, out, EPSILON)));
      in = out;
    }
    hidden = child("hidden", new Linear(2 * in * (BANDS >> StyleSize.BLOCKS), size.width()));
    embedding = child("embedding", new Linear(size.width(), size.width()));
  }

  /** The numbers it was built with. */
  public StyleSize size() {
    return size;
  }

  @Override
  public NDArray apply(ParameterStore store, NDArray pieces, boolean training) {
    return scoped(
        () -> {
          int columns = size.frames() / StyleSize.FRAMES_A_COLUMN;
          NDArray x =
              pieces
                  .reshape(-1, columns, StyleSize.FRAMES_A_COLUMN, BANDS)
                  .mean(new int[] {2})
                  .reshape(-1, 1, columns, BANDS)
                  .sub(CENTRE);
          x = Functions.times(x, 1 / SPREAD);
          Shape two = new Shape(2, 2);
          for (int i = 0; i < StyleSize.BLOCKS; i++) {
            x = convolutions.get(i).apply(store, x, training);
            x = Activation.relu(norms.get(i).apply(store, x, training));
            x = Pool.maxPool2d(x, two, two, new Shape(0, 0), false);
          }
          long last = size.channels().get(StyleSize.BLOCKS - 1);
          long flat = last * (BANDS >> StyleSize.BLOCKS);
          NDArray mean = x.mean(new int[] {2}).reshape(-1, flat);
          NDArray most = x.max(new int[] {2}).reshape(-1, flat);
          NDArray both = mean.concat(most, 1);
          return embedding.apply(
              store, Activation.relu(hidden.apply(store, both, training)), training);
        });
  }
}
