package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.training.vocoder.HifiGanTask;
import maestro.training.vocoder.TinyCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In the trainer's own package, whose loop only it can turn. */
class HifiGanResumeTest {
  private static final Engine ENGINE = Engine.getEngine("PyTorch");
  private static final TrainingRecipe RECIPE =
      TrainingRecipe.parse(
          "test",
          "{\"task\": \"hifi-gan\", \"steps\": 4, \"batch\": 1, \"accumulate\": 2, \"warmUp\": 0,"
              + " \"learningRate\": 1e-3, \"betas\": [0.8, 0.99], \"averageDecay\": 0.9,"
              + " \"validateEvery\": 1, \"checkpointEvery\": 2, \"logEvery\": 1,"
              + " \"config\": {\"channels\": 32, \"residualKernels\": [3], \"dilations\": [1],"
              + " \"discriminatorChannels\": 32, \"segment\": 1120, \"adversarialFrom\": 2,"
              + " \"validationPieces\": 1, \"validationFrames\": 8}}");

  @TempDir Path folder;

  private void train(Path run, boolean resume, long stopAfter) throws IOException {
    Files.createDirectories(run);
    ENGINE.setRandomSeed(7);
    try (NDManager manager = ENGINE.newBaseManager()) {
      TrainingContext context =
          new TrainingContext(
              RECIPE,
              TinyCorpus.in(folder),
              Optional.empty(),
              Optional.empty(),
              manager,
              folder.resolve("cache"),
              null,
              Computing.EAGER,
              type -> "");
      TrainingLog log = new TrainingLog(run);
      Trainer[] trainer = new Trainer[1];
      Trainer.Watcher watcher =
          new Trainer.Watcher() {
            @Override
            public void at(long update, long updates, Map<String, Double> figures) {}

            @Override
            public boolean stopped() {
              return trainer[0].updates() >= stopAfter;
            }
          };
      trainer[0] =
          new Trainer(RECIPE, new HifiGanTask().open(context), ENGINE, manager, run, log, watcher);
      if (resume) {
        trainer[0].resume();
        log.cutAfter(trainer[0].updates());
      }
      trainer[0].run();
    }
  }

  @Test
  void stoppedBeforeAndAfterTheDiscriminatorsBeginItGoesOnBitForBit() throws IOException {
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    train(whole, false, 100);
    train(pieces, false, 1);
    train(pieces, true, 3);
    train(pieces, true, 100);
    for (String file : new String[] {Trainer.STATE, "parts/vocoder.hifigan.safetensors"}) {
      assertThat(Files.readAllBytes(pieces.resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(whole.resolve(file)));
    }
    try (Checkpoint state = Safetensors.open(whole.resolve(Trainer.STATE))) {
      assertThat(state.metadata())
          .containsEntry("updates of discriminators", "2")
          .containsEntry("updates of generator", "4");
    }
    thePartIsTheBestSinceTheDiscriminatorsBegan(whole);
  }

  private static void thePartIsTheBestSinceTheDiscriminatorsBegan(Path run) {
    TreeMap<Double, Long> since = new TreeMap<>();
    TrainingLog.lines(run.resolve(TrainingLog.FILE)).stream()
        .filter(line -> line.path("kind").asText().equals("validation"))
        .filter(line -> line.path("update").asLong() > 2)
        .forEach(line -> since.put(line.path("melError").asDouble(), line.path("update").asLong()));
    assertThat(since).hasSize(2);
    try (Checkpoint part = Safetensors.open(run.resolve("parts/vocoder.hifigan.safetensors"))) {
      assertThat(part.metadata())
          .containsEntry("updates", since.firstEntry().getValue().toString());
    }
  }
}
