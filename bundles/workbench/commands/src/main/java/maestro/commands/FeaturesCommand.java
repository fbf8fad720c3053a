package maestro.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeBook;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.FilmFeatures;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.RunObserver;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Progress;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro features}: what the encoders see in a film, or in a folder of films. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "features",
    description =
        "Write what encoders see in a film: a vector and, where there is one, a time line of each.",
    footer = {
      "",
      "A folder is worked through in parallel; films whose result is there already are skipped, bad",
      "ones are listed at the end (exit code 3), and a run that was killed continues.",
      "Tensors: clip [512], clip.timeline [rows, channels]; metadata names the channels."
    })
public final class FeaturesCommand implements MaestroCommand {
  private static final String ENDING = ".safetensors";
  private static final Duration LEFT_BEHIND = Duration.ofMinutes(15);

  @Mixin CommandOptions options;

  @Parameters(paramLabel = "FILM|DIR", description = "A film, or a folder of films.")
  Path source;

  @Option(
      names = "--encoder",
      split = ",",
      paramLabel = "NAME",
      description =
          "Encoders: clip, tavar, wecl, cinematic or others; default: those of the recipe.")
  List<String> encoders;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description = "Result: a .safetensors file, or a folder when the source is one.")
  Path out;

  @Option(
      names = "--plot",
      paramLabel = "OUT.png",
      description = "Draw frames and time lines of one film.")
  Path plot;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Films at once in a folder; default: half the processors.")
  int jobs = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  @Mixin RecipeOptions recipes;

  @Reference GenerationGraph graph;
  @Reference RecipeBook book;
  @Reference PluginRegistry registry;
  @Reference MediaReader media;

  @Override
  public Integer call() {
    if (out == null && plot == null) {
      throw usage("there is nothing to write", "give -o OUT, --plot OUT.png or both");
    }
    ResolvedRecipe recipe = recipes.resolve(chosen(), registry);
    if (Files.isDirectory(source)) {
      if (out == null || plot != null) {
        throw usage(
            "a folder of films needs a folder for the results", "give -o DIR and no --plot");
      }
      return folder(recipe);
    }
    if (out != null) {
      Outputs.check(out, "safetensors");
    }
    if (plot != null) {
      Outputs.check(plot, "png");
    }
    FilmFeatures features;
    try (Watcher watcher = new Watcher(options)) {
      features = graph.features(recipe, source, watcher);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    features.features().forEach((name, feature) -> json.put(Names.brief(name), shape(feature)));
    json.put("remarks", features.remarks());
    if (out != null) {
      Safetensors.write(out, FeatureFile.tensors(features));
      json.put("output", out.toString());
    }
    if (plot != null) {
      FeaturePlot.draw(features, media, plot);
      json.put("plot", plot.toString());
    }
    options.output().result(json);
    features
        .features()
        .forEach((name, feature) -> options.output().line("%s: %s", name, describe(feature)));
    features.remarks().forEach(remark -> options.output().line("note: %s", remark));
    return 0;
  }

  /** The recipe's encoders, or those of the command line alone. */
  private ResolvedRecipe chosen() {
    ResolvedRecipe recipe =
        book.resolve(
            recipes.recipe == null ? book.standard("score", ScoreCommand.RECIPE) : recipes.recipe);
    PluginNames names = PluginNames.of(registry);
    List<String> wanted =
        encoders == null
            ? registry.plugins().stream()
                .filter(plugin -> plugin.kind().equals("VisualEncoder"))
                .map(plugin -> plugin.name())
                .filter(
                    name ->
                        recipe.recipe().bundles().stream()
                            .anyMatch(entry -> entry.id().equals(name)))
                .toList()
            : encoders.stream()
                .flatMap(name -> names.all(Names.full("encoder", name)).stream())
                .distinct()
                .toList();
    if (wanted.isEmpty()) {
      throw usage("no encoder is named", "give one with --encoder");
    }
    List<String> there = recipe.recipe().bundles().stream().map(Recipe.Entry::id).toList();
    List<Recipe.Entry> added =
        wanted.stream().filter(id -> !there.contains(id)).map(Recipe.Entry::of).toList();
    return recipe.changedBy(
        Recipe.change(
            there.stream().filter(id -> !wanted.contains(id)).distinct().toList(), added));
  }

  private int folder(ResolvedRecipe recipe) {
    List<Path> films = films();
    clearUp();
    Map<Path, String> bad = new TreeMap<>();
    AtomicInteger skipped = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    AtomicInteger finished = new AtomicInteger();
    ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, jobs));
    try (Progress progress = options.progress()) {
      progress.stage("films", 1, 1);
      List<Future<?>> futures = new ArrayList<>();
      for (Path film : films) {
        futures.add(
            workers.submit(
                () -> {
                  if (options.cancellation().requested()) {
                    return;
                  }
                  try {
                    (one(recipe, film) ? written : skipped).incrementAndGet();
                  } catch (MaestroException e) {
                    if (e.kind() != Kind.CANCELLED) {
                      bad(bad, film, e.getMessage(), progress);
                    }
                  } catch (RuntimeException
                      | IOException
                      | OutOfMemoryError
                      | StackOverflowError e) {
                    bad(bad, film, "unexpected: " + e, progress);
                  }
                  progress.step(finished.incrementAndGet(), films.size());
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          Kind.CANCELLED, "features", "interrupted", "run it again to continue", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
    options.cancellation().check();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("films", films.size());
    json.put("written", written.get());
    json.put("skipped", skipped.get());
    Map<String, String> listed = new TreeMap<>();
    bad.forEach((film, reason) -> listed.put(source.relativize(film).toString(), reason));
    json.put("bad", listed);
    options
        .output()
        .result(
            json,
            "%d films: %d written, %d there already, %d bad",
            films.size(),
            written.get(),
            skipped.get(),
            bad.size());
    listed.forEach((film, reason) -> options.output().line("bad: %s: %s", film, reason));
    return bad.isEmpty() ? 0 : Kind.INPUT.exitCode();
  }

  private void bad(Map<Path, String> bad, Path film, String message, Progress progress) {
    String part = film.getFileName() + ": ";
    String reason = message.startsWith(part) ? message.substring(part.length()) : message;
    synchronized (bad) {
      bad.put(film, reason);
    }
    if (options.verbose()) {
      progress.say(film.getFileName() + " is left out: " + reason);
    }
  }

  /** Writes the features of one film unless they are there; says whether it wrote. */
  private boolean one(ResolvedRecipe recipe, Path film) throws IOException {
    Path result = out.resolve(source.relativize(film).toString() + ENDING);
    FilmClip clip = media.probe(film);
    if (isDone(result, graph.fingerprints(recipe, clip))) {
      return false;
    }
    FilmFeatures features =
        graph.features(recipe, film, RunObserver.silent(options.cancellation()::requested));
    Files.createDirectories(result.toAbsolutePath().getParent());
    Safetensors.write(result, FeatureFile.tensors(features));
    return true;
  }

  private static boolean isDone(Path result, Map<String, String> fingerprints) {
    if (!Files.isRegularFile(result)) {
      return false;
    }
    try (Checkpoint there = Safetensors.open(result)) {
      return FeatureFile.fingerprints(there.metadata()).equals(fingerprints);
    } catch (MaestroException e) {
      return false; // damaged: made again
    }
  }

  private List<Path> films() {
    try (Stream<Path> files = Files.walk(source)) {
      List<Path> films =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .filter(file -> !file.toString().endsWith(ENDING))
              .sorted()
              .toList();
      if (films.isEmpty()) {
        throw new MaestroException(
            Kind.INPUT, source.toString(), "there is no film in it", "give another folder");
      }
      return films;
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT, source.toString(), "it cannot be listed", "check its permissions", e);
    }
  }

  /**
   * Removes what a killed run had begun to write; what is young may belong to a run beside this
   * one.
   */
  private void clearUp() {
    if (!Files.isDirectory(out)) {
      return;
    }
    try (Stream<Path> begun = Files.find(out, Integer.MAX_VALUE, FeaturesCommand::isLeftBehind)) {
      for (Path file : (Iterable<Path>) begun::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      options.output().warn("note: cannot clear up %s (%s)", out, e.getMessage());
    }
  }

  private static boolean isLeftBehind(Path file, BasicFileAttributes attributes) {
    String name = file.getFileName().toString();
    return attributes.isRegularFile()
        && name.startsWith(".")
        && name.endsWith(".part")
        && attributes.lastModifiedTime().toInstant().isBefore(Instant.now().minus(LEFT_BEHIND));
  }

  private static Map<String, Object> shape(FilmFeature feature) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("vector", feature.vector().length);
    feature
        .timeLine()
        .ifPresent(
            line -> {
              json.put("rows", line.rows());
              json.put("stepSeconds", line.stepSeconds());
              json.put(
                  "channels",
                  line.channels().size() > 64 ? line.channels().size() : line.channels());
            });
    return json;
  }

  private static String describe(FilmFeature feature) {
    return feature.vector().length
        + " values"
        + feature
            .timeLine()
            .map(line -> ", " + line.rows() + " rows of " + line.channels().size() + " over time")
            .orElse("");
  }

  private static MaestroException usage(String cause, String next) {
    return new MaestroException(Kind.USAGE, "features", cause, next);
  }
}
