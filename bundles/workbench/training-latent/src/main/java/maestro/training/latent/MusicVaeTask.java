package maestro.training.latent;

import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.TrainingTask;
import org.osgi.service.component.annotations.Component;

/**
 * Trains the Music VAE. The paper takes AudioLDM's and trains none; the loss here is the plain part
 * of theirs: the mean absolute error of the mel plus a small Kullback-Leibler term, without a
 * discriminator.
 *
 * <p>Settings: {@code channels}, {@code multipliers}, {@code resBlocks} as of {@link
 * maestro.latent.vmunet.VaeConfig}; {@code frames} of a piece; {@code divergenceWeight}, of the
 * mean Kullback-Leibler divergence of a latent number; {@code validationPieces}.
 */
@Component
public final class MusicVaeTask implements TrainingTask {
  @Override
  public String name() {
    return "music-vae";
  }

  @Override
  public TrainingSession open(TrainingContext context) {
    return new MusicVaeSession(context, context.recipe().config(MusicVaeSession.Settings.class));
  }
}
