package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import maestro.api.MaestroException;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final Engine ENGINE = Engine.getEngine("PyTorch");

  @TempDir Path folder;

  /** Two small layers, each with a phase of its own, that learn one linear rule from noise. */
  private static final class Pair implements TrainingSession {
    private final Linear first = new Linear(3, 2);
    private final Linear second = new Linear(3, 2);
    private final NDManager manager;
    private final float poisoned;
    private final long secondFrom;

    Pair(NDManager manager, float poisoned) {
      this(manager, poisoned, 0);
    }

    Pair(NDManager manager, float poisoned, long secondFrom) {
      this.manager = manager;
      this.poisoned = poisoned;
      this.secondFrom = secondFrom;
      ENGINE.setRandomSeed(5);
      first.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
      second.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
    }

    @Override
    public List<Phase> phases() {
      return List.of(
          new Phase("one", Parts.parameters(first), (draw, store) -> loss(first, draw, store)),
          new Phase(
              "two",
              Parts.parameters(second),
              (draw, store) -> {
                assertThat(draw.update()).isGreaterThanOrEqualTo(secondFrom);
                return loss(second, draw, store);
              },
              secondFrom));
    }

    private NDArray loss(Linear layer, Draw draw, ParameterStore store) {
      NDArray x = draw.gaussian("x", draw.batch(), 3);
      NDArray wanted = x.sum(new int[] {1}, true);
      // What the engine itself draws must be the same after a resume, too.
      NDArray jitter = draw.manager().randomNormal(new Shape(draw.batch(), 2)).mul(0.01f);
      NDArray error = layer.apply(store, x, true).sub(wanted).add(jitter).square().mean();
      draw.figure("error", error.toFloatArray()[0]);
      return Functions.times(error, poisoned);
    }

    @Override
    public Map<String, Double> validate(Progress progress) {
      try (NDManager scope = manager.newSubManager()) {
        Draw draw = Draw.fixed(0, 16, scope);
        return Map.of(
            "error",
            (double) loss(first, draw, new ParameterStore(scope, false)).toFloatArray()[0]);
      }
    }

    @Override
    public List<TrainedPart> parts() {
      return List.of(new TrainedPart("pair", Parts.weights(first), Map.of("inputs", 3)));
    }
  }

  private static TrainingRecipe recipe(String more) {
    return TrainingRecipe.parse(
        "test",
        "{\"task\": \"pair\", "
            + (more.contains("\"steps\"") ? "" : "\"steps\": 6, ")
            + "\"batch\": 4, \"accumulate\": 2, \"warmUp\": 2,"
            + "\"learningRate\": 0.05, \"clip\": 0.5, \"averageDecay\": 0.9, \"logEvery\": 1,"
            + "\"validateEvery\": 2, \"checkpointEvery\": 2"
            + more
            + "}");
  }

  private static Trainer.Watcher until(BooleanSupplier stop) {
    return new Trainer.Watcher() {
      @Override
      public void at(long update, long updates, Map<String, Double> figures) {
        assertThat(figures).containsKeys("one.loss", "one.gradientNorm", "one.error");
      }

      @Override
      public boolean stopped() {
        return stop.getAsBoolean();
      }
    };
  }

  private void train(Path run, TrainingRecipe recipe, boolean resume, long stopAfter) {
    train(run, recipe, resume, stopAfter, 1);
  }

  private void train(
      Path run, TrainingRecipe recipe, boolean resume, long stopAfter, float poisoned) {
    train(run, recipe, resume, stopAfter, poisoned, 0);
  }

  private void train(
      Path run,
      TrainingRecipe recipe,
      boolean resume,
      long stopAfter,
      float poisoned,
      long secondFrom) {
    try (NDManager manager = ENGINE.newBaseManager()) {
      Files.createDirectories(run);
      Trainer[] trainer = new Trainer[1];
      TrainingLog log = new TrainingLog(run);
      trainer[0] =
          new Trainer(
              recipe,
              new Pair(manager, poisoned, secondFrom),
              ENGINE,
              manager,
              run,
              log,
              until(() -> trainer[0].updates() >= stopAfter));
      if (resume) {
        trainer[0].resume();
        log.cutAfter(trainer[0].updates());
      }
      trainer[0].run();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void resumedTrainingEqualsUninterruptedBitForBit() throws IOException {
    Path whole = folder.resolve("whole");
    Path halves = folder.resolve("halves");
    train(whole, recipe(""), false, 100);
    train(halves, recipe(""), false, 3);
    train(halves, recipe(""), true, 100);
    assertThat(Files.readAllBytes(halves.resolve(Trainer.STATE)))
        .isEqualTo(Files.readAllBytes(whole.resolve(Trainer.STATE)));
    assertThat(Files.readAllBytes(halves.resolve("parts/pair.safetensors")))
        .isEqualTo(Files.readAllBytes(whole.resolve("parts/pair.safetensors")));
    List<Long> updates =
        TrainingLog.lines(halves.resolve(TrainingLog.FILE)).stream()
            .filter(line -> line.path("kind").asText().equals("train"))
            .map(line -> line.path("update").asLong())
            .toList();
    assertThat(updates).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void aPhaseSitsOutUntilItsUpdateAndResumesBitForBit() throws IOException {
    Path whole = folder.resolve("whole");
    Path halves = folder.resolve("halves");
    train(whole, recipe(""), false, 100, 1, 2);
    train(halves, recipe(""), false, 1, 1, 2);
    float[] first = weights(halves, "two.weight");
    train(halves, recipe(""), true, 2, 1, 2);
    assertThat(weights(halves, "two.weight")).isEqualTo(first);
    train(halves, recipe(""), true, 3, 1, 2);
    // AdamW's first step is the learning rate in size, but for the decay, whichever update it is.
    float[] second = weights(halves, "two.weight");
    for (int i = 0; i < first.length; i++) {
      assertThat(Math.abs(second[i] - first[i] * (1 - 0.05 * 0.01))).isCloseTo(0.05, within(1e-6));
    }
    train(halves, recipe(""), true, 100, 1, 2);
    assertThat(Files.readAllBytes(halves.resolve(Trainer.STATE)))
        .isEqualTo(Files.readAllBytes(whole.resolve(Trainer.STATE)));
    try (Checkpoint state = Safetensors.open(whole.resolve(Trainer.STATE))) {
      assertThat(state.metadata())
          .containsEntry("updates", "6")
          .containsEntry("updates of one", "6")
          .containsEntry("updates of two", "4");
    }
    List<Long> updates =
        TrainingLog.lines(whole.resolve(TrainingLog.FILE)).stream()
            .filter(line -> line.has("two.loss"))
            .map(line -> line.path("update").asLong())
            .toList();
    assertThat(updates).containsExactly(3L, 4L, 5L, 6L);
  }

  private static float[] weights(Path run, String name) {
    try (Checkpoint state = Safetensors.open(run.resolve(Trainer.STATE))) {
      return state.weight("weights." + name).toFloats();
    }
  }

  @Test
  void learnsAndKeepsTheBestPartsWithTheAverages() {
    train(folder, recipe(", \"steps\": 60"), false, 100);
    List<JsonNode> validations =
        TrainingLog.lines(folder.resolve(TrainingLog.FILE)).stream()
            .filter(line -> line.path("kind").asText().equals("validation"))
            .toList();
    double begun = validations.get(0).path("error").asDouble();
    double ended = validations.get(validations.size() - 1).path("error").asDouble();
    assertThat(ended).isLessThan(begun / 2);
    try (Checkpoint state = Safetensors.open(folder.resolve(Trainer.STATE));
        Checkpoint part = Safetensors.open(folder.resolve("parts/pair.safetensors"))) {
      assertThat(state.metadata()).containsEntry("updates", "60");
      assertThat(part.weight("weight").shape()).containsExactly(2, 3);
      assertThat(state.weight("average.one.weight").toFloats())
          .isNotEqualTo(state.weight("weights.one.weight").toFloats());
    }
    assertThat(folder.resolve("curves.png")).exists();
  }

  @Test
  void aLossThatIsNoNumberStopsWithAPlainErrorAndTheStateStays() {
    train(folder, recipe(", \"steps\": 4"), false, 100);
    assertThatThrownBy(() -> train(folder, recipe(""), true, 100, Float.NaN))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("at update 4")
        .hasMessageContaining("NaN");
    try (Checkpoint state = Safetensors.open(folder.resolve(Trainer.STATE))) {
      assertThat(state.metadata()).containsEntry("updates", "4");
    }
  }

  @Test
  void aValidationThatIsNoNumberIsNotTheBest() throws IOException {
    try (NDManager manager = ENGINE.newBaseManager()) {
      Pair pair = new Pair(manager, 1);
      TrainingSession blindAtFirst =
          new TrainingSession() {
            private int validations;

            @Override
            public List<Phase> phases() {
              return pair.phases();
            }

            @Override
            public Map<String, Double> validate(Progress progress) {
              return validations++ == 0 ? Map.of("error", Double.NaN) : pair.validate();
            }

            @Override
            public List<TrainedPart> parts() {
              return pair.parts();
            }
          };
      TrainingLog log = new TrainingLog(folder);
      new Trainer(recipe(""), blindAtFirst, ENGINE, manager, folder, log, until(() -> false)).run();
    }
    assertThat(folder.resolve("parts/pair.safetensors")).exists();
    try (Checkpoint state = Safetensors.open(folder.resolve(Trainer.STATE))) {
      assertThat(Double.parseDouble(state.metadata().get("best"))).isFinite();
    }
  }

  @Test
  void aProcessThatGrowsTooLargeStopsWithItsState() {
    assertThatThrownBy(() -> train(folder, recipe(", \"memoryLimit\": 1"), false, 100))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.RESOURCE))
        .hasMessageContaining("memoryLimit");
    assertThat(folder.resolve(Trainer.STATE)).exists();
  }

  @Test
  void tensorBoardRecordsHaveTheirChecksums() throws IOException {
    TensorBoardFile board = new TensorBoardFile(folder, 1000);
    board.scalars(1001, 7, Map.of("train/loss", 0.5));
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("events.out.tfevents.1000.maestro")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int records = 0;
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(TensorBoardFile.masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(TensorBoardFile.masked(data));
      records++;
    }
    assertThat(records).isEqualTo(2);
    // The check value of CRC-32C, masked as TFRecord does.
    byte[] digits = "123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(TensorBoardFile.masked(digits))
        .isEqualTo(Integer.rotateRight(0xE3069283, 15) + 0xa282ead8);
  }

  @Test
  void gradientsAreRightWhenJavaCollectsBetweenForwardAndBackward() {
    try (NDManager manager = ENGINE.newBaseManager()) {
      NDArray weight = manager.ones(new Shape(1000));
      weight.setRequiresGradient(true);
      try (var collector = ENGINE.newGradientCollector()) {
        NDArray loss =
            Functions.times(Functions.within(Functions.times(weight, 3), -10, 10), 0.25f).sum();
        System.gc();
        for (int i = 0; i < 1000; i++) {
          ByteBuffer.allocateDirect(8).putDouble(0, Double.NaN);
        }
        collector.backward(loss);
      }
      float[] gradient = weight.getGradient().toFloatArray();
      float[] expected = new float[1000];
      Arrays.fill(expected, 0.75f);
      assertThat(gradient).isEqualTo(expected);
    }
  }
}
