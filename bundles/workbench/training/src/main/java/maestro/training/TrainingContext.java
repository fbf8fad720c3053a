package maestro.training;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import maestro.api.latent.Sampler;
import maestro.api.pack.ModelPack;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;

/**
 * What a task is given.
 *
 * @param recipe steps, batch and the task's own settings
 * @param corpus music to train on
 * @param films the films that the music comes with, when the recipe names encoders
 * @param pack networks that were trained before, when the recipe names a pack
 * @param manager owns the parameters, on the training device
 * @param cache folder for what a task computes once and for all, under digests of its own
 * @param sampler walks with a diffusion model that shows samples
 * @param computing how the networks compute
 * @param code digest of the code behind a class and of all that is wired to, for what is kept
 */
public record TrainingContext(
    TrainingRecipe recipe,
    Corpus corpus,
    Optional<Films> films,
    Optional<ModelPack> pack,
    NDManager manager,
    Path cache,
    Sampler sampler,
    Computing computing,
    Function<Class<?>, String> code) {
  /**
   * A network's forward pass in training, as this training computes.
   *
   * @param outputs names of the arrays that the block returns
   */
  public ForwardPass training(String name, Block block, String... outputs) {
    return new ForwardPass(name, block, List.of(outputs), true, manager, computing);
  }

  /**
   * A network's forward pass in use, without gradients, as this training computes.
   *
   * @param outputs names of the arrays that the block returns
   */
  public ForwardPass use(String name, Block block, String... outputs) {
    return new ForwardPass(name, block, List.of(outputs), false, manager, computing);
  }
}
