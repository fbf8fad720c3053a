package maestro.training.latent;

import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.TrainingTask;
import org.osgi.service.component.annotations.Component;

/**
 * Trains VM-UNet with its fusion, the S-Control Branch, or all of them at once (paper, sections 3.2
 * and 4.1), on the latents of the Music VAE of the recipe's pack; see {@link DiffusionSettings}.
 */
@Component
public final class DiffusionTask implements TrainingTask {
  @Override
  public String name() {
    return "latent-diffusion";
  }

  @Override
  public TrainingSession open(TrainingContext context) {
    return new DiffusionSession(context, context.recipe().config(DiffusionSettings.class));
  }
}
