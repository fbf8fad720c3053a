package maestro.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.files.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of every training. One update: for each phase that takes part by then, the gradients of
 * its losses over all micro-batches are averaged, cut to the greatest norm, and handed to {@link
 * AdamW}; then the moving averages follow.
 *
 * <p>Resumed training equals uninterrupted training bit for bit on one machine and thread count:
 * chance comes from {@link Draw}, the engine's own generator is seeded anew at each update, and
 * {@link TrainingState} holds the rest.
 */
final class Trainer {
  /** Name of the newest state in the run's folder. */
  static final String STATE = "state.safetensors";

  /** Folder of the finished parts in the run's folder. */
  static final String PARTS = "parts";

  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
  private static final int MOST_SKIPPED = 5;

  private final TrainingRecipe recipe;
  private final TrainingSession session;
  private final Engine engine;
  private final NDManager manager;
  private final Path folder;
  private final TrainingLog log;
  private final Watcher watcher;
  private final List<Phase> phases;
  private final TrainingState state;
  private final AdamW optimiser;
  private final MovingAverage average;

  /** Updates skipped since the last good one, by phase; not kept in a checkpoint. */
  private final Map<String, Integer> skipped = new HashMap<>();

  /** Watches a training from outside. */
  interface Watcher {
    /** After each update. */
    void at(long update, long updates, Map<String, Double> figures);

    /**
     * Shows samples.
     *
     * @param folder may be made for them
     */
    default void show(Path folder, List<Sample> samples) throws IOException {}

    /** During a validation, after each of so many pieces. */
    default void validating(int done, int of) {}

    /** Whether to write a checkpoint and stop. */
    boolean stopped();
  }

  Trainer(
      TrainingRecipe recipe,
      TrainingSession session,
      Engine engine,
      NDManager manager,
      Path folder,
      TrainingLog log,
      Watcher watcher) {
    this.recipe = recipe;
    this.session = session;
    this.engine = engine;
    this.manager = manager;
    this.folder = folder;
    this.log = log;
    this.watcher = watcher;
    phases = session.phases();
    for (Phase phase : phases) { // Leaves do, in their place
      phase.parameters().values().forEach(one -> one.getArray().setRequiresGradient(false));
    }
    state = new TrainingState(phases, recipe.averageDecay > 0, manager);
    optimiser = new AdamW(recipe.betas.get(0), recipe.betas.get(1), recipe.weightDecay);
    average = new MovingAverage(recipe.averageDecay);
  }

  /** Takes up the state a former run left. */
  void resume() {
    state.read(folder.resolve(STATE));
  }

  /** Updates done. */
  long updates() {
    return state.updates();
  }

  /** Trains to the recipe's last step, or until the watcher stops it; writes a checkpoint then. */
  void run() {
    long spoke = System.nanoTime();
    long spokeAt = state.updates();
    while (state.updates() < recipe.steps) {
      if (watcher.stopped()) {
        writeState(); // and no more: the process may be going down
        return;
      }
      Map<String, Double> figures = update();
      long update = state.updates();
      watcher.at(update, recipe.steps, figures);
      if (update % recipe.logEvery == 0 || update == recipe.steps) {
        long now = System.nanoTime();
        figures.put("secondsPerUpdate", (now - spoke) / 1e9 / (update - spokeAt));
        spoke = now;
        spokeAt = update;
        log.training(update, figures);
        checkMemory();
      }
      boolean last = update == recipe.steps;
      if (last || update % recipe.validateEvery == 0) {
        validate();
      }
      if (last || recipe.sampleEvery > 0 && update % recipe.sampleEvery == 0) {
        sample();
      }
      if (last || update % recipe.checkpointEvery == 0) {
        checkpoint();
      }
    }
  }

  private Map<String, Double> update() {
    long update = state.updates();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("learningRate", recipe.learningRate(update));
    for (Phase phase : phases) {
      if (update < phase.from()) {
        continue;
      }
      if (update > 0 && update == phase.from()) {
        state.best(""); // the figures before it were of another aim
      }
      String prefix = phase.name().isEmpty() ? "" : phase.name() + ".";
      engine.setRandomSeed((int) (recipe.seed * 31 + update));
      try (NDManager own = manager.newSubManager()) {
        Leaves leaves = new Leaves(phase, own);
        double loss = 0;
        Map<String, Double> terms = new LinkedHashMap<>();
        for (int micro = 0; micro < recipe.accumulate; micro++) {
          loss += gradients(phase, leaves, update, micro, terms) / recipe.accumulate;
        }
        figures.put(prefix + "loss", loss);
        terms.forEach((name, value) -> figures.put(prefix + name, value / recipe.accumulate));
        if (!Double.isFinite(loss)) {
          throw diverged(update, "the loss of " + nameOf(phase) + " is " + loss);
        }
        figures.put(prefix + "gradientNorm", apply(phase, leaves.gradients(), update));
      }
    }
    state.updated();
    return figures;
  }

  private double gradients(
      Phase phase, Leaves leaves, long update, int micro, Map<String, Double> terms) {
    try (NDManager scope = manager.newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      Draw draw = new Draw(recipe.seed, update, micro, recipe.batch, scope);
      double value;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray loss = phase.loss().of(draw, leaves.store(scope));
        value = loss.toFloatArray()[0];
        collector.backward(loss);
      }
      draw.figures().forEach((name, figure) -> terms.merge(name, figure, Double::sum));
      return value;
    }
  }

  /** Updates the phase's parameters; gives the gradient's norm before the cut. */
  private double apply(Phase phase, List<NDArray> gradients, long update) {
    double squares = 0;
    for (NDArray gradient : gradients) {
      try (NDArray norm = gradient.norm()) {
        squares += Math.pow(norm.toFloatArray()[0], 2);
      }
    }
    double norm = Math.sqrt(squares) / recipe.accumulate;
    if (!Double.isFinite(norm)) {
      skip(phase, update);
      return norm;
    }
    skipped.remove(phase.name());
    long count = state.updating(phase.name());
    double scale = 1.0 / recipe.accumulate;
    if (recipe.clip > 0 && norm > recipe.clip) {
      scale *= recipe.clip / norm;
    }
    List<String> names = List.copyOf(phase.parameters().keySet());
    List<NDArray> weights = phase.parameters().values().stream().map(Parameter::getArray).toList();
    optimiser.update(
        weights,
        gradients,
        scale,
        names.stream().map(name -> state.moments(phase.name(), name)).toList(),
        recipe.learningRate(update),
        count);
    if (recipe.averageDecay > 0) {
      average.update(
          names.stream().map(name -> state.average(phase.name(), name)).toList(), weights, count);
    }
    return norm;
  }

  /** A gradient beyond the range of floats is thrown away; several in a row are the end. */
  private void skip(Phase phase, long update) {
    int inARow = skipped.merge(phase.name(), 1, Integer::sum);
    LOG.warn(
        "{}: update {} of {} skipped: its gradient is not finite",
        recipe.task,
        update,
        nameOf(phase));
    if (inARow >= MOST_SKIPPED) {
      throw diverged(
          update, "the gradient of " + nameOf(phase) + " was not finite " + inARow + " times");
    }
  }

  private String nameOf(Phase phase) {
    return phase.name().isEmpty() ? recipe.task : phase.name();
  }

  private MaestroException diverged(long update, String cause) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "training " + recipe.task,
        "at update " + update + " " + cause,
        "lower learningRate or set clip, and go on from the last checkpoint with --resume");
  }

  private void validate() {
    state.withAverages(
        () -> {
          Map<String, Double> figures = session.validate(watcher::validating);
          log.validation(state.updates(), figures);
          double first = figures.values().iterator().next();
          boolean better = state.best().isEmpty() || first < Double.parseDouble(state.best());
          if (Double.isFinite(first) && better) {
            state.best(Double.toString(first));
            writeParts();
          }
        });
  }

  private void sample() {
    Path samples =
        folder.resolve("samples").resolve(String.format(Locale.ROOT, "%08d", state.updates()));
    state.withAverages(
        () -> {
          try {
            watcher.show(samples, session.samples());
          } catch (IOException e) {
            throw TrainingLog.unwritable(samples, e);
          }
        });
  }

  /** Writes state and curves. */
  private void checkpoint() {
    writeState();
    log.draw();
  }

  private void writeState() {
    state.write(folder.resolve(STATE), Map.of("task", recipe.task));
  }

  /** The parts of the best validation so far. */
  private void writeParts() {
    for (TrainedPart part : session.parts()) {
      Safetensors.write(
          folder.resolve(PARTS).resolve(part.name() + ".safetensors"),
          part.weights(),
          Map.of("format", "pt", "updates", Long.toString(state.updates())));
      AtomicFile.write(
          folder.resolve(PARTS).resolve(part.name() + ".json"),
          TrainingLog.json(part.architecture()));
    }
  }

  private void checkMemory() {
    if (recipe.memoryLimit > 0 && Memory.resident() > recipe.memoryLimit) {
      checkpoint();
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "training " + recipe.task,
          "the process holds " + Memory.resident() + " bytes, memoryLimit is " + recipe.memoryLimit,
          "take a smaller batch with more accumulate, and go on with --resume");
    }
  }

  /** A copy of a parameter's values as a weight. */
  static Weight weight(String name, Parameter parameter) {
    NDArray array = parameter.getArray();
    return Weight.computed(name, array.getShape().getShape(), array::toFloatArray);
  }
}
