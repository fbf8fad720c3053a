package maestro.training;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Optional;
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
 */
public record TrainingContext(
    TrainingRecipe recipe,
    Corpus corpus,
    Optional<Films> films,
    Optional<ModelPack> pack,
    NDManager manager,
    Path cache,
    Sampler sampler) {}
