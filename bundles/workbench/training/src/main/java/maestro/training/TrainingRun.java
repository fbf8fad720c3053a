package maestro.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.StyleControl;
import maestro.api.latent.Sampler;
import maestro.api.pack.ModelPack;
import maestro.api.sound.Vocoder;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Films;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training as a command runs it.
 *
 * @param host whose services are used
 */
record TrainingRun(
    TrainCommand host,
    CommandOptions options,
    TrainingRecipe recipe,
    TrainCommand.CorpusOptions music,
    String device) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  /** Steps of a sample on the way; fewer than in a run, for there are many. */
  private static final int SAMPLING_STEPS = 25;

  /** The longest that a validation says nothing. */
  private static final long SILENCE_NANOS = 5_000_000_000L;

  /** Trains until the last update, or until it is called off. */
  void train(TrainingTask task, RunFiles files, boolean resume, boolean acceptCorpus) {
    Path out = files.folder();
    if (host.torch == null) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          "train",
          "PyTorch is not installed",
          "use a distribution with maestro.engine.host.torch");
    }
    Engine engine = host.torch.getService(); // null when its natives do not load
    if (engine == null) {
      throw new MaestroException(
          Kind.CONFIGURATION, "train", "the PyTorch natives do not load", "see 'maestro doctor'");
    }
    try (Listening listening = new Listening(host);
        NDManager manager = engine.newBaseManager(device(engine, device))) {
      Gallery gallery =
          new Gallery(
              listening.lease(Vocoder.class, "vocoder.griffin-lim", Map.of()),
              listening.lease(StyleControl.class, "control.melody", Map.of()),
              listening.lease(StyleControl.class, "control.dynamics", Map.of()),
              host.writer);
      Sampler sampler =
          listening.lease(Sampler.class, "sampler.ddim", Map.of("steps", SAMPLING_STEPS));
      Corpus corpus =
          listening.corpus(music, recipe.controls, track -> options.cancellation().check());
      files
          .sameCorpus(corpus, resume, acceptCorpus)
          .ifPresent(change -> options.output().warn("goes on with another corpus: %s", change));
      Optional<Films> films =
          recipe.encoders.isEmpty()
              ? Optional.empty()
              : Optional.of(listening.look(options, recipe, corpus, music.root(), device));
      Optional<ModelPack> pack = Optional.ofNullable(recipe.pack).map(host.packs::open);
      engine.setRandomSeed((int) recipe.seed);
      Computing computing =
          Computing.of(
              recipe, maestro.api.run.Device.parse(manager.getDevice().isGpu() ? device : "cpu"));
      options.output().line("computes in %s", computing.description());
      TrainingLog log = new TrainingLog(out);
      try (TrainingSession session =
          open(
              task,
              new TrainingContext(
                  recipe,
                  corpus,
                  films,
                  pack,
                  manager,
                  host.home.resolve("cache"),
                  sampler,
                  computing,
                  host.registry::code))) {
        Trainer trainer = new Trainer(recipe, session, engine, manager, out, log, watcher(gallery));
        if (resume) {
          trainer.resume();
          log.cutAfter(trainer.updates());
        }
        trainer.run();
        if (options.cancellation().requested()) {
          throw new MaestroException(
              Kind.CANCELLED,
              "train",
              "stopped after update " + trainer.updates() + ", whose checkpoint is written",
              "go on with --resume");
        }
        options
            .output()
            .result(
                Map.of("run", out.toString(), "updates", trainer.updates()),
                "%s: %d updates; parts in %s",
                out,
                trainer.updates(),
                out.resolve(Trainer.PARTS));
      }
    } catch (MaestroException e) {
      throw e;
    } catch (RuntimeException e) {
      if (options.cancellation().requested()) {
        // Native engines go down with the process: what they say then is not the cause.
        throw new MaestroException(
            Kind.CANCELLED,
            "train",
            "stopped before a checkpoint could be written",
            "go on from the last one with --resume",
            e);
      }
      throw e;
    } finally {
      host.torch.ungetService(engine);
    }
  }

  /**
   * Opens the networks.
   *
   * @throws MaestroException of kind CONFIGURATION when the recipe's numbers make none
   */
  static TrainingSession open(TrainingTask task, TrainingContext context) {
    try {
      return task.open(context);
    } catch (IllegalArgumentException e) { // blocks check their own numbers
      throw new MaestroException(
          Kind.CONFIGURATION,
          "training " + task.name(),
          String.valueOf(e.getMessage()),
          "correct the number in the recipe's config",
          e);
    }
  }

  private Trainer.Watcher watcher(Gallery gallery) {
    long begun = System.nanoTime();
    return new Trainer.Watcher() {
      private long first = -1;
      private long said;

      @Override
      public void at(long update, long updates, Map<String, Double> figures) {
        first = first < 0 ? update - 1 : first;
        if (update % recipe.logEvery == 0) {
          double perUpdate = (System.nanoTime() - begun) / 1e9 / (update - first);
          StringBuilder line = new StringBuilder();
          figures.forEach(
              (name, figure) -> line.append(String.format(Locale.ROOT, "  %s %.5g", name, figure)));
          options
              .output()
              .line(
                  "%d of %d%s  %.2f s/update, %.0f min left",
                  update, updates, line, perUpdate, perUpdate * (updates - update) / 60);
        }
      }

      @Override
      public void validating(int done, int of) {
        long now = System.nanoTime();
        if (done == 1 || now - said > SILENCE_NANOS) {
          said = now;
          options.output().line("validating: %d of %d pieces", done, of);
        }
      }

      @Override
      public void show(Path folder, List<Sample> samples) throws IOException {
        gallery.show(folder, samples);
      }

      @Override
      public boolean stopped() {
        return options.cancellation().requested();
      }
    };
  }

  private static Device device(Engine engine, String wanted) {
    maestro.api.run.Device device = SingleRun.device(wanted);
    boolean cuda =
        device.kind() != maestro.api.run.Device.Kind.CPU && engine.getGpuCount() > device.index();
    if (device.kind() == maestro.api.run.Device.Kind.CUDA && !cuda) {
      LOG.warn("PyTorch does not find {}; trains on the processor", device);
    }
    return cuda ? Device.gpu(device.index()) : Device.cpu();
  }
}
