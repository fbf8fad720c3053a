package maestro.training.vocoder;

import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.TrainingTask;
import org.osgi.service.component.annotations.Component;

/**
 * Trains HiFi-GAN (Kong et al. 2020) in AudioLDM's layout, the part {@code vocoder.hifigan} of a
 * pack. The paper takes AudioLDM's and trains none (section 3.3).
 *
 * <p>One update teaches the discriminators to tell real from made sound, then the generator to pass
 * for real (least squares), to make the discriminators' layers respond alike ({@code
 * featureWeight}) and to have the mel it was given ({@code melWeight}). Mels are made of the very
 * segment of sound. All weights of both are normalised as in the source, but for two things: the
 * discriminator of the undivided sound has weight normalisation like the others where the source
 * has spectral normalisation, whose power iteration is a memory of its own that a resumed training
 * would have to carry; and the generator begins with PyTorch's usual first values where the source
 * draws from N(0, 0.01²), about the same for layers of 256 channels and far too small for few.
 *
 * <p>Settings: {@code channels}, {@code residualKernels}, {@code dilations} as of {@link
 * maestro.vocoder.hifigan.HifiGanConfig}; {@code discriminatorChannels}, of their widest layers;
 * {@code segment}, samples of an example, cut to whole mel frames; {@code adversarialFrom}, the
 * update, counted from 0, from which there are discriminators, before which the generator learns
 * from the mel alone; {@code melWeight} and {@code featureWeight}; {@code validationPieces} and
 * {@code validationFrames}, mel frames of each.
 *
 * <p>The checkpoint is told by {@code melError}, the mean distance of held-out mels. It says
 * nothing of how natural a sound is, which the discriminators bring; so what was best before they
 * began is forgotten when they do.
 */
@Component
public final class HifiGanTask implements TrainingTask {
  @Override
  public String name() {
    return HifiGanSession.TASK;
  }

  @Override
  public TrainingSession open(TrainingContext context) {
    return new HifiGanSession(context, context.recipe().config(HifiGanSession.Settings.class));
  }
}
