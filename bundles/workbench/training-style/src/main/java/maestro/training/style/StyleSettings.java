package maestro.training.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.List;
import maestro.networks.StyleNetwork;
import maestro.networks.StyleSize;
import maestro.training.ForwardPass;
import maestro.training.corpus.Corpus;

/** Settings that both tasks share; see {@link StyleSize}. */
class StyleSettings {
  /** Mel frames of a piece. */
  public int frames = StyleSize.DEFAULT.frames();

  /** Channels of the four blocks. */
  public List<Integer> channels = StyleSize.DEFAULT.channels();

  /** Width of an embedding. */
  public int width = StyleSize.DEFAULT.width();

  /** Greatest random gain, dB. */
  public double gainDb = 6;

  /** Greatest random change of a part of the spectrum, dB. */
  public double equaliserDb = 4;

  Augmentation augmentation() {
    return new Augmentation(gainDb, equaliserDb);
  }

  StyleSize size() {
    return new StyleSize(frames, channels, width);
  }

  /** Embeddings of pieces, without gradients. */
  static float[][] embed(
      ForwardPass network, StyleSize size, List<Corpus.Piece> pieces, NDManager manager) {
    int frames = size.frames();
    int width = size.width();
    try (NDManager scope = manager.newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      NDArray mels =
          scope.create(
              FloatBuffer.wrap(Pieces.mels(pieces, frames)),
              new Shape(pieces.size(), 1, frames, StyleNetwork.BANDS));
      float[] values =
          network
              .run(new ParameterStore(scope, false), new NDList(mels))
              .singletonOrThrow()
              .toFloatArray();
      float[][] embeddings = new float[pieces.size()][width];
      for (int i = 0; i < embeddings.length; i++) {
        System.arraycopy(values, i * width, embeddings[i], 0, width);
      }
      return embeddings;
    }
  }
}
