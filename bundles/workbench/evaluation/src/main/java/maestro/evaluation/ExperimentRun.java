package maestro.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.metric.Measure;
import maestro.dataset.Clip;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;

/**
 * One run of an experiment: generates what is missing, listens to everything, reports.
 *
 * <p>Every method gets the same items with the same seeds, unless it has one of its own. A clip is
 * finished when its file is there under its name with the manifest of the very recipe, and counted;
 * so a killed run goes on where it was, and stages that methods share come from the stage cache.
 * What is left in the folder, {@link ExperimentFolder} tells.
 */
final class ExperimentRun {
  private final Laboratory laboratory;
  private final Experiment experiment;
  private final Data data;
  private final List<Trial> trials;
  private final ClipFiles files;
  private final ScoredFilms films;
  private final ExperimentFolder folder;
  private final StageCounts counts;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * The clips an experiment works on.
   *
   * @param root folder the clips' paths are relative to
   * @param test clips to score
   * @param train clips that baselines may draw from
   */
  record Data(Path root, List<Clip> test, List<Clip> train) {}

  /**
   * A run.
   *
   * @param out folder of the results; what is there is gone on with
   * @throws MaestroException of kind INPUT when there is nothing to score
   */
  ExperimentRun(
      Laboratory laboratory,
      Experiment experiment,
      Data data,
      Path out,
      Progress progress,
      Cancellation cancellation) {
    this.laboratory = laboratory;
    this.experiment = experiment;
    this.data = data;
    this.files = new ClipFiles(laboratory.reader, data.root());
    this.films =
        new ScoredFilms(
            laboratory.graph, experiment.seconds(), Laboratory.observer(cancellation, event -> {}));
    this.folder = new ExperimentFolder(out);
    this.trials = trials();
    this.counts =
        new StageCounts(
            folder, experiment.methods().stream().map(Experiment.Method::name).toList(), ids());
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Runs it to the end and writes the report.
   *
   * @param context what the metrics see of it
   * @throws MaestroException of kind INPUT or CONFIGURATION when something is missing, CANCELLED
   *     when the user stopped it
   */
  ExperimentReport run(SingleRun context) {
    Map<String, ResolvedRecipe> recipes = recipes();
    imported();
    baselines();
    Map<String, Map<String, Object>> metrics = new LinkedHashMap<>();
    experiment.metrics().forEach(column -> metrics.put(column.id(), column.config()));
    try (Judge judge =
        new Judge(laboratory.registry, laboratory.graph.cache(), context, metrics, false)) {
      leaveOut(
          new OwnMusic(laboratory, experiment, files, folder).make(trials, progress, cancellation),
          context);
      rehearse(judge);
      Map<String, Judge.Heard> heard = new LinkedHashMap<>();
      for (Experiment.Method method : experiment.methods()) {
        make(method, recipes.get(method.name()), context);
        progress.stage("listen to " + method.name(), heard.size() + 1, experiment.methods().size());
        heard.put(
            method.name(), judge.hear(items(folder.clips(method)).only(ids()), progress::step));
      }
      ExperimentReport report =
          report(
              judge,
              heard,
              new Untrained(laboratory).sentences(experiment, recipes, folder, context),
              context);
      report.write(folder.path());
      return report;
    }
  }

  /** The recipes of the methods that have one, checked before anything is begun. */
  private Map<String, ResolvedRecipe> recipes() {
    Map<String, ResolvedRecipe> recipes = new LinkedHashMap<>();
    for (Experiment.Method method : experiment.methods()) {
      if (method.recipe() != null) {
        ResolvedRecipe recipe = laboratory.recipes.resolve(method.recipe());
        recipe =
            method.change() == null
                ? recipe
                : recipe.changedBy(laboratory.recipes.current(method.change()));
        recipe = recipe.changedBy(Laboratory.settings(null, null, experiment.seconds(), null));
        laboratory.graph.check(recipe);
        if (method.byComposer() && recipe.forComposer(laboratory.registry, "").isEmpty()) {
          throw new MaestroException(
              MaestroException.Kind.CONFIGURATION,
              "method " + method.name(),
              "it has composers, and no part of its recipe takes a composer",
              "add source.composer to the recipe, or leave composers out");
        }
        recipes.put(method.name(), recipe);
      }
    }
    return recipes;
  }

  private List<Trial> trials() {
    List<Trial> trials = new ArrayList<>(Trial.of(data.test(), experiment));
    if (trials.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "experiment " + experiment.name(),
          experiment.transfer()
              ? "no two test clips have different classes of style"
              : "there is no test clip",
          "check the manifest with 'maestro dataset report'");
    }
    return trials;
  }

  private Set<String> ids() {
    return trials.stream().map(Trial::id).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Looks at the methods that were generated elsewhere, before anything is begun. */
  private void imported() {
    for (Experiment.Method method : experiment.methods()) {
      if (method.folder() != null) {
        Path clips = folder.clips(method);
        if (!Files.isDirectory(clips)) {
          throw new MaestroException(
              MaestroException.Kind.INPUT,
              clips.toString(),
              "method " + method.name() + " has no such folder",
              "give a folder of WAV files");
        }
        new ItemSet(laboratory.reader, clips, null, null, experiment.seconds()).only(ids());
      }
    }
  }

  /** Looks for what baselines draw from, before anything is begun. */
  private void baselines() {
    for (Experiment.Method method : experiment.methods()) {
      if (method.baseline() != null) {
        baselineClips().check(method, trials);
      }
    }
  }

  private BaselineClips baselineClips() {
    return new BaselineClips(laboratory, files, folder, data.train(), films);
  }

  private void make(Experiment.Method method, ResolvedRecipe recipe, SingleRun context) {
    GeneratedClips clips =
        new GeneratedClips(laboratory, files, folder, counts, progress, cancellation);
    if (Boolean.TRUE.equals(method.reconstructs())) {
      clips.reconstruct(method, recipe, trials);
    } else if (recipe != null) {
      leaveOut(clips.score(method, recipe, trials), context);
    } else if (method.baseline() != null) {
      baselineClips().make(method, trials, progress, cancellation);
    }
  }

  /**
   * Goes on without items whose files cannot be used, for all methods, as they are compared item by
   * item; the report names them.
   *
   * @throws MaestroException what was said of the first when none is left
   */
  private void leaveOut(Map<Trial, MaestroException> unusable, SingleRun context) {
    int all = trials.size();
    trials.removeAll(unusable.keySet());
    if (trials.isEmpty()) {
      throw unusable.values().iterator().next();
    }
    unusable.forEach(
        (trial, e) ->
            context.remark("clip " + trial.id() + " left out: " + e.part() + ": " + e.reason()));
    if (!unusable.isEmpty()) {
      context.remark(unusable.size() + " of " + all + " clips left out, for all methods");
    }
  }

  /**
   * Listens to one clip's own music, so that weights a metric lacks are missed before hours of
   * work.
   */
  private void rehearse(Judge judge) {
    trials.stream()
        .filter(trial -> Files.exists(folder.reference(trial)))
        .findFirst()
        .ifPresent(
            trial ->
                judge.hear(items(folder.reference()).only(Set.of(trial.id())), (done, all) -> {}));
  }

  private ItemSet items(Path clips) {
    Map<String, ScoredFilms.Piece> pieces = new HashMap<>();
    for (Trial trial : trials) {
      Clip clip = trial.clip();
      // Baselines of music alone need no film, though the manifest may name one.
      if (clip.video != null && Files.isRegularFile(files.film(clip))) {
        pieces.put(trial.id(), new ScoredFilms.Piece(files.film(clip), clip.startSec));
      }
    }
    return new ItemSet(
            laboratory.reader,
            clips,
            Files.isDirectory(folder.reference()) ? folder.reference() : null,
            experiment.transfer() ? folder.controls() : null,
            experiment.seconds())
        .films(films, pieces)
        .corpus(this::trainingMusic);
  }

  /** The sound files that training clips are cut from, by their paths below the dataset's root. */
  private Map<String, Path> trainingMusic() {
    Map<String, Path> music = new TreeMap<>();
    data.train().stream()
        .filter(files::hasMusic)
        .forEach(
            clip -> music.put(clip.audio != null ? clip.audio : clip.video, files.sound(clip)));
    return music;
  }

  private ExperimentReport report(
      Judge judge, Map<String, Judge.Heard> heard, List<String> untrained, SingleRun context) {
    List<Table.Row> rows = new ArrayList<>();
    Map<String, Map<String, PairedTests.Test>> tests = new LinkedHashMap<>();
    Experiment.Method first = experiment.methods().get(0);
    for (Experiment.Method method : experiment.methods()) {
      progress.stage("figures of " + method.name(), rows.size() + 1, experiment.methods().size());
      Judge.Heard own = heard.get(method.name());
      rows.add(
          new Table.Row(
              method.name(),
              method.reference(),
              judge.figures(own, experiment.bootstrap(), experiment.seed())));
      if (method != first && experiment.permutations() > 0) {
        tests.put(
            method.name(),
            judge.compare(
                heard.get(first.name()), own, experiment.permutations(), experiment.seed()));
      }
    }
    List<String> measures = judge.measures().stream().map(Measure::name).toList();
    String title =
        (experiment.title() == null ? experiment.name() : experiment.title())
            + " ("
            + trials.size()
            + " clips of up to "
            + experiment.seconds()
            + " s, 95 % bootstrap intervals)";
    return new ExperimentReport(
        experiment,
        untrained,
        new Table(title, judge.measures(), rows, PairedTests.of(first.name(), tests, measures)),
        counts.effort(),
        counts.byStage(),
        context.remarks());
  }
}
