package maestro.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.run.Provenance;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.dataset.Clip;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.RunObserver;
import maestro.graph.run.ScoreRequest;
import maestro.graph.run.ScoreResult;
import maestro.graph.run.StageEvent;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;
import maestro.signal.LogMel;

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
    this.films = new ScoredFilms(laboratory.graph, experiment.seconds(), observer(event -> {}));
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
  ExperimentReport run(MetricContext context) {
    Map<String, ResolvedRecipe> recipes = recipes();
    imported();
    baselines();
    Map<String, Map<String, Object>> metrics = new LinkedHashMap<>();
    experiment.metrics().forEach(column -> metrics.put(column.id(), column.config()));
    try (Judge judge =
        new Judge(laboratory.registry, laboratory.graph.cache(), context, metrics, false)) {
      references();
      rehearse(judge);
      Map<String, Judge.Heard> heard = new LinkedHashMap<>();
      for (Experiment.Method method : experiment.methods()) {
        make(method, recipes.get(method.name()));
        progress.stage("listen to " + method.name(), heard.size() + 1, experiment.methods().size());
        heard.put(
            method.name(), judge.hear(items(folder.clips(method)).only(ids()), progress::step));
      }
      ExperimentReport report = report(judge, heard, context);
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
        recipe = recipe.changedBy(settings(null, null, experiment.seconds(), null));
        laboratory.graph.check(recipe);
        if (method.inTheManner() && recipe.inTheMannerOf(laboratory.registry, "").isEmpty()) {
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
    List<Trial> trials = Trial.of(data.test(), experiment);
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

  private void make(Experiment.Method method, ResolvedRecipe recipe) {
    if (Boolean.TRUE.equals(method.reconstructs())) {
      reconstruct(method, recipe);
    } else if (recipe != null) {
      generate(method, recipe);
    } else if (method.baseline() != null) {
      baselineClips().make(method, trials, progress, cancellation);
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
      Judge judge, Map<String, Judge.Heard> heard, MetricContext context) {
    List<Table.Row> rows = new ArrayList<>();
    Map<String, Map<String, Double>> tests = new LinkedHashMap<>();
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
    String title =
        (experiment.title() == null ? experiment.name() : experiment.title())
            + " ("
            + trials.size()
            + " clips of up to "
            + experiment.seconds()
            + " s, 95 % bootstrap intervals)";
    return new ExperimentReport(
        experiment,
        new Table(title, judge.measures(), rows),
        tests,
        counts.effort(),
        counts.byStage(),
        context.remarks());
  }

  /** The clips' own music, and in a transfer the controls that are asked for. */
  private void references() {
    Map<String, PluginLease<StyleControl>> controls = new LinkedHashMap<>();
    try {
      if (experiment.transfer()) {
        laboratory.registry.plugins().stream()
            .filter(plugin -> plugin.kind().equals(StyleControl.class.getSimpleName()))
            .map(PluginDescription::name)
            .forEach(
                name ->
                    controls.put(
                        name, laboratory.registry.lease(StyleControl.class, name, Map.of())));
      }
      progress.stage("references", 0, 0);
      int done = 0;
      for (Trial trial : trials) {
        cancellation.check();
        Path reference = folder.reference(trial);
        if (!Files.exists(reference) && files.hasMusic(trial.clip())) {
          laboratory.writer.wav(
              ExperimentFolder.place(reference),
              files.music(trial.clip()),
              ClipFiles.provenance(trial.clip()));
        }
        Path asked = folder.controls().resolve(trial.id() + ".safetensors");
        if (trial.style().isPresent() && !Files.exists(asked)) {
          Safetensors.write(ExperimentFolder.place(asked), controls(trial.style().get(), controls));
        }
        progress.step(++done, trials.size());
      }
    } finally {
      controls.values().forEach(PluginLease::close);
    }
  }

  /** What each control hears in a style piece, {@code [frames, channels]}. */
  private NamedTensors controls(Clip style, Map<String, PluginLease<StyleControl>> controls) {
    Sound sound = files.music(style);
    FrameGrid grid = FrameGrid.PAPER.withFrames((int) Math.round(experiment.seconds() * 100));
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    controls.forEach(
        (name, control) -> {
          var signal = control.service().extract(sound, grid);
          tensors.put(
              name.substring(name.indexOf('.') + 1),
              FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
        });
    return new NamedTensors(tensors, Map.of("style", style.id));
  }

  private void generate(Experiment.Method method, ResolvedRecipe recipe) {
    progress.stage("generate with " + method.name(), 0, 0);
    Map<String, String> scored = counts.scored(method.name());
    int done = 0;
    for (Trial trial : trials) {
      cancellation.check();
      ResolvedRecipe own = own(method, recipe, trial);
      Path film = files.film(trial.clip());
      Path file = folder.clips(method).resolve(trial.id() + ".wav");
      // Killed between a file and its line, a clip is scored again, from the cache.
      if (!isDone(file, own) || !own.digest().equals(scored.get(trial.id()))) {
        long began = System.nanoTime();
        ScoreResult result =
            laboratory.graph.score(
                new ScoreRequest(
                    own,
                    film,
                    trial.style().map(files::sound),
                    Optional.of(ExperimentFolder.place(file))),
                counting(method, trial, file));
        counts.scored(method.name(), trial, own, result, (System.nanoTime() - began) / 1e9);
      }
      progress.step(++done, trials.size());
    }
  }

  /** The recipe of a method for one item. */
  private ResolvedRecipe own(Experiment.Method method, ResolvedRecipe recipe, Trial trial) {
    boolean seeded = method.change() != null && method.change().seed() != null;
    ResolvedRecipe own =
        recipe.changedBy(
            settings(
                seeded ? null : trial.seed(),
                trial.clip().startSec,
                null,
                trial.style().map(style -> style.startSec).orElse(null)));
    return method.inTheManner() && trial.clip().composer != null
        ? own.inTheMannerOf(laboratory.registry, trial.clip().composer).orElse(own)
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
  private void reconstruct(Experiment.Method method, ResolvedRecipe recipe) {
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
            laboratory.graph.reconstruct(recipe, mel, observer(event -> {})),
            provenance);
      }
      progress.step(++done, trials.size());
    }
  }

  /** Counts what is computed as soon as it is. */
  private RunObserver counting(Experiment.Method method, Trial trial, Path file) {
    return observer(
        event -> {
          boolean writing = event.stage().equals(file.getFileName().toString());
          if (event.state() == StageEvent.State.DONE && !writing) {
            counts.computed(method.name(), trial, event.stage());
          }
        });
  }

  private RunObserver observer(Consumer<StageEvent> watch) {
    return new RunObserver() {
      @Override
      public synchronized void on(StageEvent event) {
        watch.accept(event);
      }

      @Override
      public boolean cancelled() {
        return cancellation.requested();
      }
    };
  }

  /** A change of the run's own settings; null leaves one as it is. */
  static Recipe settings(Long seed, Double start, Double duration, Double styleStart) {
    return new Recipe(
        null,
        null,
        null,
        null,
        null,
        null,
        seed,
        null,
        null,
        start,
        duration,
        styleStart,
        null,
        null);
  }
}
