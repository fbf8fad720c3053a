package maestro.training.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.signal.LogMel;
import maestro.tensor.Network;
import maestro.tensor.NetworkSource;
import maestro.tensor.torch.TorchEngine;
import maestro.training.Computing;
import maestro.training.Draw;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.Sample;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingRecipe;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import maestro.vocoder.hifigan.HifiGan;
import maestro.vocoder.hifigan.HifiGanConfig;
import maestro.vocoder.hifigan.HifiGanSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HifiGanTrainingTest {
  private final Engine engine = Engine.getEngine("PyTorch");

  @TempDir Path folder;
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = engine.newBaseManager();
    engine.setRandomSeed(3);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private TrainingSession session(String more) throws IOException {
    ObjectMapper json = new ObjectMapper(); // the last of two fields counts, not so in a recipe
    String config =
        "{\"channels\": 32, \"residualKernels\": [3], \"dilations\": [1, 3],"
            + " \"discriminatorChannels\": 32, \"segment\": 2100, \"validationPieces\": 2,"
            + " \"validationFrames\": 16"
            + more
            + "}";
    String recipe = "{\"task\": \"hifi-gan\", \"config\": " + json.readTree(config) + "}";
    Corpus corpus = TinyCorpus.in(folder);
    return new HifiGanTask()
        .open(
            new TrainingContext(
                TrainingRecipe.parse("test", recipe),
                corpus,
                Optional.empty(),
                Optional.empty(),
                manager,
                folder,
                null,
                Computing.EAGER,
                type -> ""));
  }

  private record Step(double loss, Map<String, float[]> gradients) {}

  /** The loss of a phase by fixed examples, and its gradients. */
  private Step step(TrainingSession session, Phase phase) {
    for (Phase other : session.phases()) {
      other.parameters().values().forEach(p -> p.getArray().setRequiresGradient(false));
    }
    phase.parameters().values().forEach(p -> p.getArray().setRequiresGradient(true));
    Map<String, float[]> gradients = new HashMap<>();
    double value;
    try (NDManager scope = manager.newSubManager();
        var collector = engine.newGradientCollector()) {
      NDArray loss = phase.loss().of(Draw.fixed(4, 2, scope), new ParameterStore(scope, false));
      value = loss.toFloatArray()[0];
      collector.backward(loss);
      phase
          .parameters()
          .forEach(
              (name, parameter) -> {
                NDArray gradient = parameter.getArray().getGradient();
                gradients.put(name, gradient.toFloatArray());
                gradient.muli(0);
              });
    }
    phase.parameters().values().forEach(p -> p.getArray().setRequiresGradient(false));
    return new Step(value, gradients);
  }

  /** One step down the slope, as long as {@code size} in all. */
  private void descend(Phase phase, Step step, double size) {
    double squares = 0;
    for (float[] gradient : step.gradients.values()) {
      for (float value : gradient) {
        squares += (double) value * value;
      }
    }
    float factor = (float) (size / Math.sqrt(squares));
    phase
        .parameters()
        .forEach(
            (name, parameter) -> {
              NDArray array = parameter.getArray();
              try (NDManager scope = manager.newSubManager()) {
                NDArray move = scope.create(step.gradients.get(name), array.getShape());
                array.subi(move.mul(factor));
              }
            });
  }

  @Test
  void everyParameterOfBothPhasesLearnsAndTheirLossesFall() throws IOException {
    TrainingSession session = session("");
    assertThat(session.phases())
        .extracting(Phase::name)
        .containsExactly("discriminators", "generator");
    for (Phase phase : session.phases()) {
      assertThat(phase.from()).isZero();
      double first = 0;
      double last = 0;
      for (int i = 0; i < 6; i++) {
        Step step = step(session, phase);
        first = i == 0 ? step.loss : first;
        last = step.loss;
        if (i == 0) {
          step.gradients.forEach(
              (name, gradient) -> {
                boolean moves = false;
                for (float value : gradient) {
                  assertThat(value).as(name).isFinite();
                  moves |= value != 0;
                }
                assertThat(moves).as(name).isTrue();
              });
        }
        descend(phase, step, 0.05);
      }
      assertThat(last).as(phase.name()).isLessThan(first);
    }
  }

  @Test
  void theGeneratorsLossIsTheMelAloneUntilThereAreDiscriminators() throws IOException {
    double mel = generatorLoss(", \"adversarialFrom\": 1, \"melWeight\": 10");
    assertThat(generatorLoss(", \"adversarialFrom\": 1")).isCloseTo(4.5 * mel, within(1e-3));
    double judged = generatorLoss(", \"melWeight\": 10, \"featureWeight\": 0");
    // Judgements begin near 0, where (D − 1)² is near 1 for each of eight discriminators.
    assertThat(judged - mel).isBetween(5.0, 11.0);
    double alike = generatorLoss(", \"melWeight\": 10") - judged;
    assertThat(alike).isPositive();
    assertThat(generatorLoss(", \"melWeight\": 10, \"featureWeight\": 6") - judged)
        .isCloseTo(3 * alike, within(1e-3));
  }

  @Test
  void theGeneratorLearnsFromItsJudgementsWithoutTheMel() throws IOException {
    TrainingSession session = session(", \"melWeight\": 0, \"featureWeight\": 0");
    Step judged = step(session, session.phases().get(1));
    assertThat(judged.gradients.get("conv_pre.weight_v")).doesNotContain(Float.NaN);
    double sum = 0;
    for (float value : judged.gradients.get("conv_pre.weight_v")) {
      sum += Math.abs(value);
    }
    assertThat(sum).isPositive();
    descend(session.phases().get(1), judged, 0.05);
    assertThat(step(session, session.phases().get(1)).loss).isLessThan(judged.loss);
  }

  /** Of update 0, with the same first values each time. */
  private double generatorLoss(String settings) throws IOException {
    engine.setRandomSeed(3);
    TrainingSession session = session(settings);
    assertThat(session.phases())
        .extracting(Phase::from)
        .containsExactly(settings.contains("adversarialFrom") ? 1L : 0L, 0L);
    return step(session, session.phases().get(1)).loss;
  }

  @Test
  void validationIsTheSameEachTimeAndBeginsWithTheMel() throws IOException {
    TrainingSession session = session("");
    Map<String, Double> figures = session.validate();
    assertThat(figures.keySet()).containsExactly("melError", "spectralDistance");
    assertThat(figures.values()).allMatch(figure -> figure > 0 && Double.isFinite(figure));
    assertThat(session.validate()).isEqualTo(figures);
  }

  @Test
  void showsPiecesAndWhatItMakesOfTheirMels() throws IOException {
    List<Sample> samples = session("").samples();
    assertThat(samples)
        .extracting(Sample::name)
        .containsExactly("1 original", "1 from its mel", "2 original", "2 from its mel");
    Sound sound = samples.get(0).sound().orElseThrow();
    assertThat(sound.length()).isEqualTo(2560);
    float[] heard = new LogMel().mel(sound).values();
    for (int i = 0; i < heard.length; i++) {
      assertThat(samples.get(0).mel().values()[i]).isCloseTo(heard[i], within(1e-4f));
    }
    assertThat(samples.get(1).mel().values()).isNotEqualTo(samples.get(0).mel().values());
  }

  @Test
  void givesThePartThatTheVocoderReads() throws IOException {
    TrainingSession session = session("");
    Phase generator = session.phases().get(1);
    descend(generator, step(session, generator), 0.3); // so that lengths and directions part
    TrainedPart part = session.parts().get(0);
    assertThat(part.name()).isEqualTo("vocoder.hifigan");
    assertThat(HifiGanConfig.of(part.architecture()))
        .isEqualTo(
            new HifiGanConfig(
                64,
                32,
                List.of(5, 4, 2, 2, 2),
                List.of(16, 16, 8, 4, 4),
                List.of(3),
                List.of(1, 3),
                0.1f));
    Path file = folder.resolve("part.safetensors");
    Safetensors.write(file, part.weights(), Map.of());
    NetworkSource source =
        new HifiGanSource()
            .network(
                "vocoder",
                pack(new PackPart(part.name(), file, "0123456789abcdef", part.architecture())))
            .source();
    assertThat(source.weights().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Parts.parameters(new HifiGan(HifiGanConfig.of(part.architecture()))).keySet());
    try (Network network = new TorchEngine(engine).open(source, Device.CPU)) {
      double error = 0;
      for (Corpus.Piece piece : TinyCorpus.in(folder).pieces("val", 2, 16, 1)) {
        error += melError(network, piece.track().part(Corpus.WAVE, piece.start() * 160, 2560)) / 2;
      }
      assertThat(error).isCloseTo(session.validate().get("melError"), within(1e-4));
    }
  }

  /** Of the sound that a network makes of another's mel. */
  private double melError(Network network, float[] sound) {
    MelSpectrum mels = new MelSpectrum(manager, DataType.FLOAT32);
    Shape shape = new Shape(1, 1, sound.length);
    NDArray wanted = mels.of(manager.create(sound, shape));
    FloatTensor mel = FloatTensor.of(wanted.toFloatArray(), 1, 64, sound.length / 160);
    float[] made = network.run(Map.of("mel", mel)).get("waveform").values();
    assertThat(made).hasSize(sound.length + 32);
    NDArray cut = manager.create(Arrays.copyOf(made, sound.length), shape);
    return mels.of(cut).sub(wanted).abs().mean().toFloatArray()[0];
  }

  private static ModelPack pack(PackPart part) {
    return new ModelPack() {
      @Override
      public String name() {
        return "tiny";
      }

      @Override
      public boolean untrained() {
        return false;
      }

      @Override
      public List<String> parts() {
        return List.of(part.name());
      }

      @Override
      public Optional<PackPart> part(String name) {
        return name.equals(part.name()) ? Optional.of(part) : Optional.empty();
      }
    };
  }

  @Test
  void theStarterPacksRecipeTrainsAGeneratorOfAMillionAndAHalf() throws IOException {
    Path file = Path.of("..", "..", "..", "distribution", "training", "hifi-gan.json");
    TrainingContext context =
        new TrainingContext(
            TrainingRecipe.read(file),
            TinyCorpus.in(folder),
            Optional.empty(),
            Optional.empty(),
            manager,
            folder,
            null,
            Computing.EAGER,
            type -> "");
    TrainedPart part = new HifiGanTask().open(context).parts().get(0);
    assertThat(part.weights().stream().mapToLong(weight -> weight.elements()).sum())
        .isEqualTo(1_412_371);
  }

  @Test
  void refusesSettingsThatCannotBe() {
    assertRefused(", \"channels\": 48", "channels is 48");
    assertRefused(", \"discriminatorChannels\": 48", "discriminatorChannels is 48");
    assertRefused(", \"segment\": 400", "segment is 400");
    assertRefused(", \"validationFrames\": 4", "validationFrames is 4");
    assertRefused(", \"validationPieces\": 0", "validationPieces is 0");
    assertRefused(", \"adversarialFrom\": -1", "adversarialFrom is -1");
    assertRefused(", \"residualKernels\": [4]", "residualKernels are [4]");
  }

  private void assertRefused(String more, String words) {
    assertThatThrownBy(() -> session(more))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CONFIGURATION))
        .hasMessageContaining(words);
  }
}
