package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.NamedBlock;

/**
 * One of HiFi-GAN's discriminators (Kong et al. 2020, section 2.3): a chain of convolutions with
 * leaky rectifiers of slope 0.1 that tells made from real sound by one look at it.
 */
final class Discriminator extends NamedBlock {
  private static final float SLOPE = 0.1f;

  private final UnaryOperator<NDArray> look;
  private final List<Convolution> convolutions = new ArrayList<>();
  private final Convolution last;

  private Discriminator(
      UnaryOperator<NDArray> look, List<Convolution> convolutions, Convolution last) {
    this.look = look;
    for (Convolution convolution : convolutions) {
      this.convolutions.add(child("convs." + this.convolutions.size(), convolution));
    }
    this.last = child("conv_post", last);
  }

  /**
   * Sees the sound as rows of {@code period} samples and convolves along the columns only, so each
   * number of it stems from samples that lie whole periods apart.
   *
   * @param period samples
   * @param width of its last layers, a multiple of 32; 1024 in the paper
   */
  static Discriminator ofPeriod(int period, int width) {
    int[] channels = {1, width / 32, width / 8, width / 2, width};
    List<Convolution> convolutions = new ArrayList<>();
    for (int i = 1; i < channels.length; i++) {
      convolutions.add(column(channels[i - 1], channels[i], 5, 3));
    }
    convolutions.add(column(width, width, 5, 1));
    return new Discriminator(sound -> rows(sound, period), convolutions, column(width, 1, 3, 1));
  }

  private static Convolution column(int in, int out, int kernel, int stride) {
    return Convolution.rectangle(
        in, out, new long[] {kernel, 1}, new long[] {stride, 1}, new long[] {kernel / 2, 0});
  }

  private static NDArray rows(NDArray sound, int period) {
    long batch = sound.getShape().get(0);
    int over = (int) (sound.getShape().get(2) % period);
    NDArray whole = over == 0 ? sound : Reflection.pad(sound, 0, period - over);
    return whole.reshape(batch, 1, whole.getShape().get(2) / period, period);
  }

  /**
   * Sees the sound as it is, or its mean over four samples at every second place, once or more.
   *
   * @param poolings how often the sound is halved, 0 or more
   * @param width of its last layers, a multiple of 32; 1024 in the paper. At small widths the
   *     paper's 4 and 16 groups are halved until they divide the channels
   */
  static Discriminator ofScale(int poolings, int width) {
    List<Convolution> convolutions =
        List.of(
            line(1, width / 8, 15, 1, 1),
            line(width / 8, width / 8, 41, 2, 4),
            line(width / 8, width / 4, 41, 2, 16),
            line(width / 4, width / 2, 41, 4, 16),
            line(width / 2, width, 41, 4, 16),
            line(width, width, 41, 1, 16),
            line(width, width, 5, 1, 1));
    return new Discriminator(
        sound -> pooled(sound, poolings), convolutions, line(width, 1, 3, 1, 1));
  }

  private static Convolution line(int in, int out, int kernel, int stride, int groups) {
    int most = groups;
    while (in % most != 0) {
      most /= 2;
    }
    return Convolution.stridedLine(in, out, kernel, stride, most);
  }

  static NDArray pooled(NDArray sound, int poolings) {
    NDArray pooled = sound;
    for (int i = 0; i < poolings; i++) {
      pooled =
          pooled
              .getNDArrayInternal()
              .avgPool(new Shape(4), new Shape(2), new Shape(2), false, true);
    }
    return pooled;
  }

  /**
   * Judges sounds.
   *
   * @param sound {@code [B, 1, S]}
   * @return what each layer makes of it, {@code [B, channels, …]}; the last is the judgement, near
   *     1 for real and near 0 for made sound
   */
  NDList judge(ParameterStore store, NDArray sound, boolean training) {
    NDList layers = new NDList();
    NDArray h = look.apply(sound);
    for (Convolution convolution : convolutions) {
      h = Activation.leakyRelu(convolution.apply(store, h, training), SLOPE);
      layers.add(h);
    }
    layers.add(last.apply(store, h, training));
    return layers;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return judge(store, inputs.singletonOrThrow(), training);
  }
}
