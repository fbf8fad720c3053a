package maestro.training;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginNames;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.FilmFeatures;
import maestro.graph.run.RunObserver;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.Progress;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;

/** Plugins that hear music and look at films for a training; closing gives them back. */
final class Listening implements AutoCloseable {
  private final TrainCommand host;
  private final Deque<PluginLease<?>> leases = new ArrayDeque<>();

  /**
   * Nothing is leased yet.
   *
   * @param host whose services are used
   */
  Listening(TrainCommand host) {
    this.host = host;
  }

  /** A plugin, until this is closed. */
  <T> T lease(Class<T> kind, String name, Map<String, Object> settings) {
    PluginLease<T> lease = host.registry.lease(kind, name, settings);
    leases.push(lease);
    return lease.service();
  }

  /**
   * The corpus, with controls by their short names.
   *
   * @param progress is told each track
   */
  Corpus corpus(
      TrainCommand.CorpusOptions music, Collection<String> heard, Consumer<String> progress) {
    Map<String, StyleControl> controls = new LinkedHashMap<>();
    Map<String, String> identities = new LinkedHashMap<>();
    String read =
        host.registry.code(host.reader.getClass()) + " " + host.registry.code(Corpus.class);
    identities.put(Corpus.MEL, read + " " + host.registry.code(host.frontEnd.getClass()));
    identities.put(Corpus.WAVE, read);
    for (String control : new TreeSet<>(heard)) {
      controls.put(control, lease(StyleControl.class, "control." + control, Map.of()));
      identities.put(control, read + " " + leases.peek().identity());
    }
    return Corpus.open(
        music.manifest,
        music.root(),
        host.home.resolve("cache").resolve("corpus"),
        new Corpus.Ears(host.reader, host.frontEnd, controls, identities),
        progress);
  }

  /**
   * Shows the corpus's films to the encoders of the recipe; the stage cache keeps what they say.
   */
  Films look(
      CommandOptions options, TrainingRecipe recipe, Corpus corpus, Path root, String device) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bundles", recipe.encoders);
    fields.put("device", device);
    if (recipe.pack != null) {
      fields.put("pack", recipe.pack);
    }
    ResolvedRecipe eyes =
        ResolvedRecipe.of(Recipe.of(recipe.task, fields).current(PluginNames.of(host.registry)));
    int clips = corpus.scenes("train").size() + corpus.scenes("val").size();
    AtomicInteger seen = new AtomicInteger();
    try (Progress progress = options.progress()) {
      progress.stage("clips of film", 1, 1);
      RunObserver observer = RunObserver.silent(options.cancellation()::requested);
      return Films.look(
          corpus,
          root,
          (film, pieces) -> {
            List<Map<String, float[]>> features = new ArrayList<>();
            for (FilmFeatures one : host.graph.features(eyes, film, pieces, observer)) {
              Map<String, float[]> vectors = new LinkedHashMap<>();
              one.features().forEach((name, feature) -> vectors.put(name, feature.vector()));
              features.add(vectors);
            }
            progress.step(seen.addAndGet(pieces.size()), clips);
            return features;
          });
    }
  }

  @Override
  public void close() {
    leases.forEach(PluginLease::close);
  }
}
