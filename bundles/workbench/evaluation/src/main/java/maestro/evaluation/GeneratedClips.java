package maestro.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.run.Provenance;
import maestro.api.sound.Mel;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.RunObserver;
import maestro.graph.run.ScoreRequest;
import maestro.graph.run.ScoreResult;
import maestro.graph.run.StageEvent;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;
import maestro.signal.LogMel;

/**
 * Makes the clips of a method that has a recipe. A clip that is there with the manifest of the very
 * recipe, and counted, is not made again.
 */
final class GeneratedClips {
  private final Laboratory laboratory;
  private final ClipFiles files;
  private final ExperimentFolder folder;
  private final StageCounts counts;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * A maker for one experiment.
   *
   * @param folder that the references are in already
   * @param counts written as soon as something is computed
   */
  GeneratedClips(
      Laboratory laboratory,
      ClipFiles files,
      ExperimentFolder folder,
      StageCounts counts,
      Progress progress,
      Cancellation cancellation) {
    this.laboratory = laboratory;
    this.files = files;
    this.folder = folder;
    this.counts = counts;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Scores the films of what is missing.
   *
   * @return the items whose film or style piece cannot be used, with what was said of each
   */
  Map<Trial, MaestroException> score(
      Experiment.Method method, ResolvedRecipe recipe, List<Trial> trials) {
    Map<Trial, MaestroException> unusable = new LinkedHashMap<>();
    progress.stage("generate with " + method.name(), 0, 0);
    Map<String, String> scored = counts.scored(method.name());
    int done = 0;
    for (Trial trial : trials) {
      cancellation.check();
      try {
        score(method, own(method, recipe, trial), trial, scored.get(trial.id()));
      } catch (MaestroException e) {
        if (e.kind() != MaestroException.Kind.INPUT) {
          throw e;
        }
        unusable.put(trial, e);
      }
      progress.step(++done, trials.size());
    }
    return unusable;
  }

  /**
   * Scores one film.
   *
   * @param before digest of the recipe it was scored by last, or null
   */
  private void score(Experiment.Method method, ResolvedRecipe own, Trial trial, String before) {
    Path file = folder.clips(method).resolve(trial.id() + ".wav");
    // Killed between a file and its line, a clip is scored again, from the cache.
    if (!isDone(file, own) || !own.digest().equals(before)) {
      long began = System.nanoTime();
      ScoreResult result =
          laboratory.graph.score(
              new ScoreRequest(
                  own,
                  files.film(trial.clip()),
                  trial.style().map(files::sound),
                  Optional.of(ExperimentFolder.place(file))),
              counting(method, trial, file));
      counts.scored(method.name(), trial, own, result, (System.nanoTime() - began) / 1e9);
    }
  }

  /** The recipe of a method for one item. */
  private ResolvedRecipe own(Experiment.Method method, ResolvedRecipe recipe, Trial trial) {
    boolean seeded = method.change() != null && method.change().seed() != null;
    ResolvedRecipe own =
        recipe.changedBy(
            Laboratory.settings(
                seeded ? null : trial.seed(),
                trial.clip().startSec,
                null,
                trial.style().map(style -> style.startSec).orElse(null)));
    return method.byComposer() && trial.clip().composer != null
        ? own.forComposer(laboratory.registry, trial.clip().composer).orElse(own)
        : own;
  }

  private boolean isDone(Path file, ResolvedRecipe recipe) {
    if (!Files.exists(file)) {
      return false;
    }
    try {
      return laboratory.writer.provenance(file).manifest().contains(recipe.digest());
    } catch (MaestroException e) {
      return false;
    }
  }

  /** The clips' own music as the recipe's autoencoder and vocoder leave it. */
  void reconstruct(Experiment.Method method, ResolvedRecipe recipe, List<Trial> trials) {
    progress.stage(method.name(), 0, 0);
    Provenance provenance = ClipFiles.provenance("reconstructedBy", recipe.digest());
    int done = 0;
    for (Trial trial : trials) {
      Path own = folder.reference(trial);
      Path file = folder.clips(method).resolve(trial.id() + ".wav");
      if (Files.exists(own) && !isDone(file, recipe)) {
        Mel mel = new LogMel().mel(laboratory.reader.sound(own));
        laboratory.writer.wav(
            ExperimentFolder.place(file),
            laboratory.graph.reconstruct(
                recipe, mel, Laboratory.observer(cancellation, event -> {})),
            provenance);
      }
      progress.step(++done, trials.size());
    }
  }

  /** Counts what is computed as soon as it is. */
  private RunObserver counting(Experiment.Method method, Trial trial, Path file) {
    return Laboratory.observer(
        cancellation,
        event -> {
          boolean writing = event.stage().equals(file.getFileName().toString());
          if (event.state() == StageEvent.State.DONE && !writing) {
            counts.computed(method.name(), trial, event.stage());
          }
        });
  }
}
