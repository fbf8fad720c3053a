package maestro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.metric.Measure;
import maestro.api.run.Noise;
import maestro.api.run.Provenance;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.dataset.Clip;
import maestro.graph.FilmFeatures;
import maestro.graph.GenerationGraph;
import maestro.graph.Recipe;
import maestro.graph.RecipeBook;
import maestro.graph.ResolvedRecipe;
import maestro.graph.RunObserver;
import maestro.graph.ScoreRequest;
import maestro.graph.ScoreResult;
import maestro.graph.StageEvent;
import maestro.plots.ScatterPlot;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.Progress;
import maestro.signal.LogMel;
import maestro.tensor.checkpoint.AtomicFile;
import maestro.tensor.checkpoint.Safetensors;

/**
 * Runs an experiment: generates what is missing, listens to everything, writes tables.
 *
 * <p>Every method gets the same items with the same seeds. A clip is finished when its file is
 * there under its name with the manifest of the very recipe; so a killed run goes on where it was,
 * and stages that methods share come from the stage cache. The folder then holds {@code
 * generated/METHOD/ID.wav}, {@code reference/ID.wav}, {@code controls/ID.safetensors}, {@code
 * results.jsonl} (one line a clip), {@code stages.jsonl} (one line a computed stage), and {@code
 * NAME.md}, {@code .csv}, {@code .tex}, {@code .json}.
 */
final class ExperimentRun {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper PRETTY =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final GenerationGraph graph;
  private final RecipeBook recipes;
  private final PluginRegistry registry;
  private final MediaReader reader;
  private final MediaWriter writer;
  private final Progress progress;
  private final Cancellation cancellation;
  private final Map<Path, Boolean> withSound = new HashMap<>();

  ExperimentRun(
      GenerationGraph graph,
      RecipeBook recipes,
      PluginRegistry registry,
      MediaReader reader,
      MediaWriter writer,
      Progress progress,
      Cancellation cancellation) {
    this.graph = graph;
    this.recipes = recipes;
    this.registry = registry;
    this.reader = reader;
    this.writer = writer;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * The clips an experiment works on.
   *
   * @param root folder the clips' paths are relative to
   * @param test clips to score
   * @param train clips that baselines may draw from
   */
  record Data(Path root, List<Clip> test, List<Clip> train) {}

  /** How many stages the clips of a method needed, and how many had to be computed. */
  record Effort(int clips, int stages, int computed) {}

  /**
   * What came out.
   *
   * @param computed how often each stage was computed, by its name, over all methods and runs
   */
  record Outcome(
      Table table,
      Map<String, Map<String, Double>> tests,
      Map<String, Effort> effort,
      Map<String, Integer> computed,
      List<String> remarks) {
    /** How often each stage was computed, in words. */
    String computedInWords() {
      return computed.entrySet().stream()
          .map(stage -> stage.getKey() + " " + stage.getValue())
          .collect(Collectors.joining(", "));
    }
  }

  Outcome run(Experiment experiment, Data data, Path out, MetricContext context) {
    Map<String, ResolvedRecipe> resolved = new LinkedHashMap<>();
    for (Experiment.Method method : experiment.methods()) {
      if (method.recipe() != null) {
        ResolvedRecipe recipe = recipes.resolve(method.recipe());
        recipe = method.change() == null ? recipe : recipe.changedBy(method.change());
        recipe = recipe.changedBy(run(null, null, experiment.seconds(), null));
        graph.check(recipe);
        resolved.put(method.name(), recipe);
      }
    }
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
    Map<String, Map<String, Object>> metrics = new LinkedHashMap<>();
    experiment.metrics().forEach(column -> metrics.put(column.id(), column.config()));
    try (Judge judge = new Judge(registry, graph.cache(), context, metrics, false)) {
      references(trials, data, out, experiment);
      Map<String, Judge.Heard> heard = new LinkedHashMap<>();
      for (Experiment.Method method : experiment.methods()) {
        Path folder =
            method.folder() != null
                ? Path.of(method.folder())
                : out.resolve("generated").resolve(method.name());
        if (Boolean.TRUE.equals(method.reconstructs())) {
          reconstruct(method, resolved.get(method.name()), trials, folder, out);
        } else if (method.recipe() != null) {
          generate(method, resolved.get(method.name()), trials, data, folder, out);
        } else if (method.baseline() != null) {
          baseline(method.baseline(), trials, data, folder, out, experiment);
        }
        progress.stage("listen to " + method.name(), heard.size() + 1, experiment.methods().size());
        heard.put(
            method.name(),
            judge.hear(
                new ItemSet(
                    reader,
                    folder,
                    out.resolve("reference"),
                    experiment.transfer() ? out.resolve("controls") : null,
                    experiment.seconds()),
                progress::step));
      }
      List<Table.Row> rows = new ArrayList<>();
      Map<String, Map<String, Double>> tests = new LinkedHashMap<>();
      Experiment.Method first = experiment.methods().get(0);
      for (Experiment.Method method : experiment.methods()) {
        progress.stage("figures of " + method.name(), rows.size() + 1, experiment.methods().size());
        rows.add(
            new Table.Row(
                method.name(),
                method.reference(),
                judge.figures(
                    heard.get(method.name()), experiment.bootstrap(), experiment.seed())));
        if (method != first && experiment.permutations() > 0) {
          tests.put(
              method.name(),
              judge.compare(
                  heard.get(first.name()),
                  heard.get(method.name()),
                  experiment.permutations(),
                  experiment.seed()));
        }
      }
      String title = experiment.title() == null ? experiment.name() : experiment.title();
      Table table =
          new Table(
              title
                  + " ("
                  + trials.size()
                  + " clips of "
                  + experiment.seconds()
                  + " s, 95 % bootstrap intervals)",
              judge.measures(),
              rows);
      List<JsonNode> computed = lines(out.resolve("stages.jsonl"));
      Map<String, Integer> byStage = new TreeMap<>();
      computed.forEach(one -> byStage.merge(one.path("stage").asText(), 1, Integer::sum));
      Outcome outcome =
          new Outcome(
              table,
              tests,
              effort(lines(out.resolve("results.jsonl")), computed),
              byStage,
              context.remarks());
      write(experiment, outcome, out, first.name());
      return outcome;
    }
  }

  /** The clips' own music, and in a transfer the controls that are asked for. */
  private void references(List<Trial> trials, Data data, Path out, Experiment experiment) {
    Map<String, PluginLease<StyleControl>> controls = new LinkedHashMap<>();
    try {
      if (experiment.transfer()) {
        registry.plugins().stream()
            .filter(plugin -> plugin.kind().equals(StyleControl.class.getSimpleName()))
            .map(PluginDescription::name)
            .forEach(
                name -> controls.put(name, registry.lease(StyleControl.class, name, Map.of())));
      }
      progress.stage("references", 0, 0);
      int done = 0;
      for (Trial trial : trials) {
        cancellation.check();
        Path reference = out.resolve("reference").resolve(trial.id() + ".wav");
        if (!Files.exists(reference) && hasMusic(trial.clip(), data.root())) {
          folder(reference);
          writer.wav(reference, music(trial.clip(), data.root()), of(trial.clip()));
        }
        Path asked = out.resolve("controls").resolve(trial.id() + ".safetensors");
        if (trial.style().isPresent() && !Files.exists(asked)) {
          folder(asked);
          Sound sound = music(trial.style().get(), data.root());
          FrameGrid grid = FrameGrid.PAPER.withFrames((int) Math.round(experiment.seconds() * 100));
          Map<String, FloatTensor> tensors = new LinkedHashMap<>();
          controls.forEach(
              (name, control) -> {
                var signal = control.service().extract(sound, grid);
                tensors.put(
                    name.substring(name.indexOf('.') + 1),
                    FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
              });
          Safetensors.write(
              asked, new NamedTensors(tensors, Map.of("style", trial.style().get().id)));
        }
        progress.step(++done, trials.size());
      }
    } finally {
      controls.values().forEach(PluginLease::close);
    }
  }

  private void generate(
      Experiment.Method method,
      ResolvedRecipe recipe,
      List<Trial> trials,
      Data data,
      Path folder,
      Path out) {
    progress.stage("generate with " + method.name(), 0, 0);
    for (int i = 0; i < trials.size(); i++) {
      Trial trial = trials.get(i);
      cancellation.check();
      Path film = file(data.root(), trial.clip().video, trial.clip());
      ResolvedRecipe own =
          recipe.changedBy(
              run(
                  trial.seed(),
                  trial.clip().startSec,
                  null,
                  trial.style().map(style -> style.startSec).orElse(null)));
      if (Boolean.TRUE.equals(method.composers()) && trial.clip().composer != null) {
        own = own.changedBy(inTheMannerOf(trial.clip().composer));
      }
      Path file = folder.resolve(trial.id() + ".wav");
      if (!isDone(file, own)) {
        folder(file);
        long began = System.nanoTime();
        ScoreResult result =
            graph.score(
                new ScoreRequest(
                    own,
                    film,
                    trial
                        .style()
                        .map(
                            style ->
                                file(
                                    data.root(),
                                    style.audio != null ? style.audio : style.video,
                                    style)),
                    Optional.of(file)),
                observer(method.name(), file, trial.id(), out));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("method", method.name());
        line.put("id", trial.id());
        line.put("seed", trial.seed());
        line.put("recipe", own.digest());
        line.put("stages", result.stages());
        line.put("computed", result.computed());
        line.put("seconds", (System.nanoTime() - began) / 1e9);
        line.put("shapedBy", result.shapedBy());
        line.put("remarks", result.remarks());
        append(out.resolve("results.jsonl"), line);
      }
      progress.step(i + 1, trials.size());
    }
  }

  /** What each method took, over all runs of this experiment, killed ones included. */
  private static Map<String, Effort> effort(List<JsonNode> results, List<JsonNode> computed) {
    Map<String, Map<String, Integer>> needed = new LinkedHashMap<>();
    for (JsonNode one : results) {
      needed
          .computeIfAbsent(one.path("method").asText(), unused -> new HashMap<>())
          .put(one.path("id").asText(), one.path("stages").asInt());
    }
    Map<String, Effort> effort = new LinkedHashMap<>();
    needed.forEach(
        (method, clips) ->
            effort.put(
                method,
                new Effort(
                    clips.size(),
                    clips.values().stream().mapToInt(Integer::intValue).sum(),
                    (int)
                        computed.stream()
                            .filter(one -> one.path("method").asText().equals(method))
                            .count())));
    return effort;
  }

  private static List<JsonNode> lines(Path file) {
    List<JsonNode> nodes = new ArrayList<>();
    try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.empty()) {
      for (String line : (Iterable<String>) lines::iterator) {
        nodes.add(JSON.readTree(line));
      }
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "a line of it is not JSON",
          "delete the file",
          e);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return nodes;
  }

  private boolean isDone(Path file, ResolvedRecipe recipe) {
    if (!Files.exists(file)) {
      return false;
    }
    try {
      return writer.provenance(file).manifest().contains(recipe.digest());
    } catch (MaestroException e) {
      return false;
    }
  }

  /** The clips' own music as the recipe's autoencoder and vocoder leave it. */
  private void reconstruct(
      Experiment.Method method, ResolvedRecipe recipe, List<Trial> trials, Path folder, Path out) {
    progress.stage(method.name(), 0, 0);
    Provenance provenance = new Provenance(json(Map.of("reconstructedBy", recipe.digest())));
    for (int i = 0; i < trials.size(); i++) {
      Path own = out.resolve("reference").resolve(trials.get(i).id() + ".wav");
      Path file = folder.resolve(trials.get(i).id() + ".wav");
      if (Files.exists(own) && !isDone(file, recipe)) {
        folder(file);
        Mel mel = new LogMel().mel(reader.sound(own));
        writer.wav(file, graph.reconstruct(recipe, mel, observer()), provenance);
      }
      progress.step(i + 1, trials.size());
    }
  }

  private void baseline(
      Experiment.Baseline baseline,
      List<Trial> trials,
      Data data,
      Path folder,
      Path out,
      Experiment experiment) {
    List<Clip> withMusic =
        data.train().stream().filter(clip -> hasMusic(clip, data.root())).toList();
    boolean draws =
        baseline == Experiment.Baseline.random || baseline == Experiment.Baseline.nearest;
    if (draws && withMusic.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "baseline " + baseline,
          "no training clip has music",
          "give a manifest with a train split, or leave the baseline out");
    }
    Map<String, float[]> pictures =
        baseline == Experiment.Baseline.nearest ? pictures(withMusic, data, experiment) : Map.of();
    progress.stage("baseline " + baseline, 0, 0);
    for (int i = 0; i < trials.size(); i++) {
      Trial trial = trials.get(i);
      cancellation.check();
      Path file = folder.resolve(trial.id() + ".wav");
      if (!Files.exists(file)) {
        Clip source =
            switch (baseline) {
              case real, phaseScrambled, noise -> trial.clip();
              case random ->
                  withMusic.get(
                      (int) (new Noise(trial.seed()).uniform("random", 1)[0] * withMusic.size()));
              case nearest -> nearest(trial.clip(), withMusic, pictures, data, experiment);
            };
        Path own = out.resolve("reference").resolve(trial.id() + ".wav");
        if (!draws && !Files.exists(own)) {
          continue;
        }
        Sound music = draws ? music(source, data.root()) : reader.sound(own);
        folder(file);
        writer.wav(
            file,
            switch (baseline) {
              case noise -> Baselines.noise(music, trial.seed());
              case phaseScrambled -> Baselines.phaseScrambled(music, trial.seed());
              case real, random, nearest -> music;
            },
            of(source));
      }
      progress.step(i + 1, trials.size());
    }
  }

  /** What encoder.cinematic sees of each clip. */
  private Map<String, float[]> pictures(List<Clip> clips, Data data, Experiment experiment) {
    Map<String, float[]> pictures = new HashMap<>();
    for (Clip clip : clips) {
      if (clip.video != null) {
        pictures.put(clip.id, picture(clip, data, experiment));
      }
    }
    return pictures;
  }

  private float[] picture(Clip clip, Data data, Experiment experiment) {
    Recipe look = Recipe.parse("nearest", "{\"bundles\":[{\"id\":\"encoder.cinematic\"}]}");
    ResolvedRecipe recipe =
        ResolvedRecipe.of(look).changedBy(run(null, clip.startSec, experiment.seconds(), null));
    FilmFeatures features = graph.features(recipe, file(data.root(), clip.video, clip), observer());
    return features.features().values().iterator().next().vector();
  }

  private Clip nearest(
      Clip clip,
      List<Clip> train,
      Map<String, float[]> pictures,
      Data data,
      Experiment experiment) {
    float[] wanted = picture(clip, data, experiment);
    float[] scale = new float[wanted.length];
    pictures
        .values()
        .forEach(
            p -> {
              for (int k = 0; k < scale.length; k++) {
                scale[k] += p[k] * p[k];
              }
            });
    Clip best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Clip candidate : train) {
      float[] picture = pictures.get(candidate.id);
      if (picture != null) {
        double distance = 0;
        for (int k = 0; k < wanted.length; k++) {
          distance += Math.pow(wanted[k] - picture[k], 2) / (scale[k] / pictures.size() + 1e-9);
        }
        if (distance < least) {
          least = distance;
          best = candidate;
        }
      }
    }
    if (best == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "baseline nearest",
          "no training clip has a picture",
          "leave the baseline out for music alone");
    }
    return best;
  }

  private void write(Experiment experiment, Outcome outcome, Path out, String first) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("experiment", experiment);
    Map<String, Object> figures = new LinkedHashMap<>();
    outcome
        .table()
        .rows()
        .forEach(row -> figures.put(row.method(), Results.figures(row.figures())));
    object.put("figures", figures);
    object.put("pairedTestsAgainst", first);
    object.put("p", Results.numbers(outcome.tests()));
    object.put("effort", outcome.effort());
    object.put("computed", outcome.computed());
    object.put("remarks", outcome.remarks());
    StringBuilder report = new StringBuilder(outcome.table().markdown());
    if (!outcome.tests().isEmpty()) {
      report.append("\nPaired permutation tests against ").append(first).append(", p:\n\n");
      outcome
          .tests()
          .forEach(
              (method, p) -> {
                report.append("- ").append(method).append(":");
                outcome.table().columns().stream()
                    .map(Measure::name)
                    .filter(p::containsKey)
                    .forEach(
                        measure ->
                            report.append(
                                String.format(
                                    java.util.Locale.ROOT, " %s %.3f", measure, p.get(measure))));
                report.append('\n');
              });
    }
    if (!outcome.effort().isEmpty()) {
      report.append("\nStages computed, of stages needed:\n\n");
      outcome
          .effort()
          .forEach(
              (method, effort) ->
                  report.append(
                      String.format(
                          java.util.Locale.ROOT,
                          "- %s: %d of %d, for %d clips%n",
                          method,
                          effort.computed(),
                          effort.stages(),
                          effort.clips())));
      report.append("\nIn all: ").append(outcome.computedInWords()).append('\n');
    }
    outcome.remarks().forEach(remark -> report.append("\n- ").append(remark));
    try {
      put(out.resolve(experiment.name() + ".md"), report.toString());
      put(out.resolve(experiment.name() + ".csv"), outcome.table().csv());
      put(out.resolve(experiment.name() + ".tex"), outcome.table().latex());
      Optional<ScatterPlot> scatter = originalityAgainstRecognizability(outcome.table());
      if (scatter.isPresent()) {
        AtomicFile.write(out.resolve(experiment.name() + ".png"), scatter.get().png());
      }
      put(out.resolve(experiment.name() + ".json"), PRETTY.writeValueAsString(object) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("evaluation: figures cannot be written as JSON", e);
    }
  }

  /** The paper's figure 2, when both figures were measured. */
  private static Optional<ScatterPlot> originalityAgainstRecognizability(Table table) {
    List<ScatterPlot.Model> models = new ArrayList<>();
    for (Table.Row row : table.rows()) {
      double x = value(row, "originality");
      double y = value(row, "recognizability");
      if (Double.isFinite(x) && Double.isFinite(y) && models.size() < 8) {
        List<double[]> classes = new ArrayList<>();
        for (String measure : row.figures().keySet()) {
          if (measure.startsWith("originality of ")) {
            double own = value(row, measure);
            double recognized = value(row, measure.replace("originality of", "recognizability of"));
            if (Double.isFinite(own) && Double.isFinite(recognized)) {
              classes.add(new double[] {own, recognized});
            }
          }
        }
        models.add(new ScatterPlot.Model(row.method(), x, y, classes));
      }
    }
    return models.isEmpty()
        ? Optional.empty()
        : Optional.of(new ScatterPlot("originality", "recognizability, %", models));
  }

  private static double value(Table.Row row, String measure) {
    Figures.Figure figure = row.figures().get(measure);
    return figure == null ? Double.NaN : figure.measurement().value();
  }

  /** Writes down what is computed as soon as it is: a killed run's stages count, too. */
  private RunObserver observer(String method, Path file, String id, Path out) {
    return observer(
        event -> {
          boolean writing = event.stage().equals(file.getFileName().toString());
          if (event.state() == StageEvent.State.DONE && !writing) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("method", method);
            line.put("id", id);
            line.put("stage", event.stage());
            append(out.resolve("stages.jsonl"), line);
          }
        });
  }

  private RunObserver observer() {
    return observer(event -> {});
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
  private static Recipe run(Long seed, Double start, Double duration, Double styleStart) {
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

  private static Recipe inTheMannerOf(String composer) {
    return Recipe.change(
        List.of(),
        List.of(new Recipe.Entry("encoder.composer", null, Map.of("composer", composer))));
  }

  /** Whether a clip has music of its own: a sound file, or a film with sound. */
  private boolean hasMusic(Clip clip, Path root) {
    return clip.audio != null
        || clip.video != null
            && withSound.computeIfAbsent(
                root.resolve(clip.video), film -> reader.probe(film).hasSound());
  }

  /** The music of a clip, ten seconds of it. */
  private Sound music(Clip clip, Path root) {
    Sound music =
        reader.sound(
            file(root, clip.audio != null ? clip.audio : clip.video, clip),
            clip.startSec,
            clip.durationSec);
    if (music.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          clip.id,
          "it starts after the end of its file",
          "build the manifest again");
    }
    return music;
  }

  private static Path file(Path root, String path, Clip clip) {
    if (path == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, clip.id, "the clip has no film", "use a dataset of films");
    }
    return root.resolve(path);
  }

  private static Provenance of(Clip clip) {
    return new Provenance(json(Map.of("clip", clip)));
  }

  private static String json(Map<String, ?> object) {
    try {
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void folder(Path file) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static void append(Path file, Map<String, Object> line) {
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static void put(Path file, String text) {
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static MaestroException unwritable(Path file, IOException e) {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        file.toString(),
        "it cannot be written",
        "check disk and permissions",
        e);
  }

  /** Experiments that come with a distribution, by name. */
  static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - 5))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }
}
