package maestro.training.latent;

import maestro.api.MaestroException;
import maestro.training.TrainingContext;
import maestro.training.TrainingRecipe;
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
    TrainingRecipe recipe = context.recipe();
    DiffusionSettings settings = recipe.config(DiffusionSettings.class);
    if (settings.fromPack && context.pack().isPresent()) {
      settings =
          recipe.config(
              PackNumbers.into(recipe.config, context.pack().get()), DiffusionSettings.class);
    }
    boolean brought =
        settings.fromPack && context.pack().flatMap(pack -> pack.part("denoiser")).isPresent();
    if (!brought && context.pack().isPresent() && !recipe.config.has("modelChannels")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training " + name(),
          "the recipe does not say modelChannels, and no denoiser of the pack does",
          "state it: 128 is AudioLDM-S's full size, 64 the starter pack's");
    }
    return new DiffusionSession(context, settings);
  }
}
