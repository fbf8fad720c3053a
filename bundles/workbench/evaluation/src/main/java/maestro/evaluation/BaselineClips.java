package maestro.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.dataset.Clip;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;

/**
 * Makes the clips of a method that needs no model: of each item's own music, or of the music of a
 * training clip. A clip that is there is not made again.
 */
final class BaselineClips {
  private final Laboratory laboratory;
  private final ClipFiles files;
  private final ExperimentFolder folder;
  private final List<Clip> train;
  private final ScoredFilms films;

  /**
   * A maker for one experiment.
   *
   * @param folder that the references are in already
   * @param train clips whose music may be drawn
   * @param films whose pictures nearest compares
   */
  BaselineClips(
      Laboratory laboratory,
      ClipFiles files,
      ExperimentFolder folder,
      List<Clip> train,
      ScoredFilms films) {
    this.laboratory = laboratory;
    this.files = files;
    this.folder = folder;
    this.train = train;
    this.films = films;
  }

  /**
   * Looks whether there is music to draw for every item.
   *
   * @throws MaestroException of kind INPUT when there is none
   */
  void check(Experiment.Method method, List<Trial> trials) {
    if (draws(method)) {
      List<Clip> withMusic = withMusic(method.baseline());
      if (method.byComposer()) {
        trials.forEach(trial -> like(trial.clip(), withMusic));
      }
    }
  }

  private static boolean draws(Experiment.Method method) {
    return method.baseline() == Experiment.Baseline.random
        || method.baseline() == Experiment.Baseline.nearest;
  }

  /**
   * Makes what is missing; an item without music of its own has none here unless it is drawn.
   *
   * @throws MaestroException of kind INPUT when music is to be drawn and no training clip has any
   */
  void make(
      Experiment.Method method, List<Trial> trials, Progress progress, Cancellation cancellation) {
    Experiment.Baseline baseline = method.baseline();
    boolean draws = draws(method);
    List<Clip> withMusic = draws ? withMusic(baseline) : List.of();
    NearestClip nearest =
        baseline == Experiment.Baseline.nearest ? new NearestClip(films, files, withMusic) : null;
    progress.stage("baseline " + baseline, 0, 0);
    int done = 0;
    for (Trial trial : trials) {
      cancellation.check();
      Path file = folder.clips(method).resolve(trial.id() + ".wav");
      Path own = folder.reference(trial);
      Clip drawn =
          baseline == Experiment.Baseline.random
              ? draw(trial, method.byComposer() ? like(trial.clip(), withMusic) : withMusic)
              : trial.clip();
      if (!isMade(baseline, file, drawn) && (draws || Files.exists(own))) {
        Clip source = nearest == null ? drawn : nearest.to(trial.clip());
        Sound music = draws ? files.music(source) : laboratory.reader.sound(own);
        laboratory.writer.wav(
            ExperimentFolder.place(file),
            switch (baseline) {
              case noise -> Baselines.noise(music, trial.seed());
              case phaseScrambled -> Baselines.phaseScrambled(music, trial.seed());
              case real, random, nearest -> music;
            },
            ClipFiles.provenance(source));
      }
      progress.step(++done, trials.size());
    }
  }

  /** What was drawn by another rule or from other clips is drawn anew. */
  private boolean isMade(Experiment.Baseline baseline, Path file, Clip drawn) {
    if (!Files.exists(file) || baseline != Experiment.Baseline.random) {
      return Files.exists(file);
    }
    try {
      return laboratory.writer.provenance(file).equals(ClipFiles.provenance(drawn));
    } catch (MaestroException e) {
      return false;
    }
  }

  private List<Clip> withMusic(Experiment.Baseline baseline) {
    List<Clip> withMusic = train.stream().filter(files::hasMusic).toList();
    if (withMusic.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "baseline " + baseline,
          "no training clip has music",
          "give a manifest with a train split, or leave the baseline out");
    }
    return withMusic;
  }

  /** Those of the same composer. */
  private static List<Clip> like(Clip clip, List<Clip> withMusic) {
    List<Clip> like =
        withMusic.stream()
            .filter(one -> clip.composer != null && clip.composer.equals(one.composer))
            .toList();
    if (like.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "baseline random",
          "no training clip with music is of the composer of " + clip.id,
          "give training clips of each composer, or leave composers out");
    }
    return like;
  }

  private static Clip draw(Trial trial, List<Clip> clips) {
    return clips.get((int) (new Noise(trial.seed()).uniform("random", 1)[0] * clips.size()));
  }
}
