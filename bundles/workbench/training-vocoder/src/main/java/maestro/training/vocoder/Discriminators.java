package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.NamedBlock;

/**
 * All of HiFi-GAN's discriminators (Kong et al. 2020, section 2.3): one for each of the periods 2,
 * 3, 5, 7 and 11, which share no divisor, and three for the sound at its own rate, half of it and a
 * quarter. Parameters carry the names of the paper's source, {@code
 * mpd.discriminators.0.convs.0.weight} and {@code msd. …}.
 */
final class Discriminators extends NamedBlock {
  private static final int[] PERIODS = {2, 3, 5, 7, 11};
  private static final int SCALES = 3;

  private final List<Discriminator> all = new ArrayList<>();

  /**
   * Builds them without arrays.
   *
   * @param width channels of the widest layers, a multiple of 32; 1024 in the paper
   */
  Discriminators(int width) {
    for (int i = 0; i < PERIODS.length; i++) {
      all.add(child("mpd.discriminators." + i, Discriminator.ofPeriod(PERIODS[i], width)));
    }
    for (int i = 0; i < SCALES; i++) {
      all.add(child("msd.discriminators." + i, Discriminator.ofScale(i, width)));
    }
  }

  /** What each of them makes of sounds {@code [B, 1, S]}; see {@link Discriminator#judge}. */
  List<NDList> judge(ParameterStore store, NDArray sound) {
    List<NDList> judgements = new ArrayList<>();
    for (Discriminator discriminator : all) {
      judgements.add(discriminator.judge(store, sound, true));
    }
    return judgements;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDList flat = new NDList();
    judge(store, inputs.singletonOrThrow()).forEach(flat::addAll);
    return flat;
  }
}
