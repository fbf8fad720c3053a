package maestro.training.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.latent.vmunet.LatentNetworks;
import maestro.tensor.Network;
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
import maestro.training.corpus.Films;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentTrainingTest {
  private static final String VAE =
      "{\"task\": \"music-vae\", \"config\": {\"channels\": 32, \"multipliers\": [1, 1, 1],"
          + "\"resBlocks\": 1, \"frames\": 64, \"validationPieces\": 2}}";
  private static final String DIFFUSION =
      "{\"task\": \"latent-diffusion\", \"pack\": \"tiny\", \"config\": {\"trains\": \"%s\","
          + "\"modelChannels\": 32, \"multipliers\": [1, 1], \"resBlocks\": 1,"
          + "\"attentionLevels\": [1], \"filmWidth\": 16, \"preWidths\": [4, 4],"
          + "\"frames\": 64, \"validationPieces\": 2, \"loraRank\": %d}}";

  private final Engine engine = Engine.getEngine("PyTorch");

  @TempDir Path folder;
  private NDManager manager;
  private Corpus corpus;
  private final Map<String, PackPart> parts = new LinkedHashMap<>();
  private Optional<Films> films = Optional.empty();
  private Computing computing = Computing.EAGER;

  @BeforeEach
  void open() throws IOException {
    manager = engine.newBaseManager();
    corpus = TinyCorpus.in(folder);
    engine.setRandomSeed(3);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** Digest of the code. */
  private String code = "";

  private TrainingContext context(String recipe) {
    Optional<ModelPack> pack = parts.isEmpty() ? Optional.empty() : Optional.of(pack());
    return new TrainingContext(
        TrainingRecipe.parse("test", recipe),
        corpus,
        films,
        pack,
        manager,
        folder,
        new TwoSteps(),
        computing,
        type -> code);
  }

  /** Takes the predicted noise away twice. */
  private static final class TwoSteps implements Sampler {
    @Override
    public Latent sample(
        Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
      Latent latent = noise;
      for (int timestep : new int[] {999, 500}) {
        float[] values = latent.values().clone();
        float[] epsilon = predictor.predict(latent, timestep).values();
        for (int i = 0; i < values.length; i++) {
          values[i] -= epsilon[i];
        }
        latent = latent.with(values);
      }
      return latent;
    }

    @Override
    public int steps() {
      return 2;
    }
  }

  private ModelPack pack() {
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
        return List.copyOf(parts.keySet());
      }

      @Override
      public Optional<PackPart> part(String name) {
        return Optional.ofNullable(parts.get(name));
      }
    };
  }

  /** Puts what a session trained into the pack. */
  private void keep(TrainingSession session) {
    session.validate();
    for (TrainedPart part : session.parts()) {
      Path file = folder.resolve(part.name() + ".safetensors");
      Safetensors.write(file, part.weights(), Map.of());
      parts.put(
          part.name(), new PackPart(part.name(), file, "0123456789abcdef", part.architecture()));
    }
  }

  private TrainingSession vae() {
    return new MusicVaeTask().open(context(VAE));
  }

  private TrainingSession diffusion(String trains, int rank) {
    return new DiffusionTask().open(context(String.format(DIFFUSION, trains, rank)));
  }

  /** Gradients of a phase's loss, by parameter; null where the loss does not reach. */
  private Map<String, float[]> gradients(Phase phase) {
    Map<String, float[]> gradients = new HashMap<>();
    engine.setRandomSeed(5); // for LAFF's dropout
    try (NDManager scope = manager.newSubManager()) {
      for (Parameter parameter : phase.parameters().values()) {
        parameter.getArray().setRequiresGradient(true);
      }
      try (var collector = engine.newGradientCollector()) {
        NDArray loss = phase.loss().of(Draw.fixed(4, 2, scope), new ParameterStore(scope, false));
        assertThat(loss.toFloatArray()[0]).isFinite();
        collector.backward(loss);
      }
      phase
          .parameters()
          .forEach(
              (name, parameter) -> {
                NDArray gradient = parameter.getArray().getGradient();
                gradients.put(name, gradient == null ? null : gradient.toFloatArray());
              });
    }
    return gradients;
  }

  @Test
  void theAutoencoderShowsPiecesAndWhatBecomesOfThem() {
    try (TrainingSession session = new MusicVaeTask().open(context(VAE))) {
      List<Sample> samples = session.samples();
      assertThat(samples)
          .extracting(Sample::name)
          .containsExactly("1 original", "1 decoded", "2 original", "2 decoded");
      Corpus.Piece first = corpus.pieces("val", 2, 64, 1).get(0);
      assertThat(samples.get(0).mel().values())
          .containsExactly(first.track().part(Corpus.MEL, first.start(), 64));
      assertThat(samples.get(1).mel().values()).isNotEqualTo(samples.get(0).mel().values());
    }
  }

  @Test
  void theDiffusionModelShowsWhatItSamples() {
    keep(new MusicVaeTask().open(context(VAE)));
    try (TrainingSession session =
        new DiffusionTask().open(context(String.format(DIFFUSION, "ALL", 0)))) {
      List<Sample> samples = session.samples();
      assertThat(samples)
          .extracting(Sample::name)
          .startsWith("1 original", "1 of its condition", "1 with its controls", "2 original");
      for (Sample sample : samples) {
        assertThat(sample.mel().frames()).isEqualTo(64);
        for (float value : sample.mel().values()) {
          assertThat(value).isFinite();
        }
      }
      assertThat(session.samples().get(1).mel().values())
          .containsExactly(samples.get(1).mel().values());
      disturb(session); // a branch begins without effect, and so do its controls
      List<Sample> disturbed = session.samples();
      assertThat(disturbed.get(2).mel().values()).isNotEqualTo(disturbed.get(1).mel().values());
    }
  }

  /** Every zero convolution becomes something. */
  private static void disturb(TrainingSession session) {
    session
        .phases()
        .get(0)
        .parameters()
        .values()
        .forEach(
            parameter ->
                parameter.getArray().addi(parameter.getArray().getManager().create(0.05f)));
  }

  @Test
  void everyParameterOfTheVaeLearns() {
    TrainingSession session = vae();
    gradients(session.phases().get(0))
        .forEach(
            (name, gradient) -> {
              assertThat(gradient).as(name).isNotNull();
              // A bias of keys shifts every weight of the softmax alike.
              if (!name.endsWith("attn_1.k.bias")) {
                assertThat(largest(gradient)).as(name).isPositive();
              }
            });
    assertThat(session.validate().get("error")).isPositive();
    assertThat((double) session.parts().get(0).architecture().get("scaleFactor")).isPositive();
  }

  @Test
  void compiledNetworksTrainAndJudgeTheSame() {
    keep(vae());
    TrainingSession eager = vae();
    TrainingSession eagerDiffusion = opened(diffusion("ALL", 0));
    Map<String, float[]> gradients = gradients(eager.phases().get(0));
    Map<String, float[]> diffusionGradients = gradients(eagerDiffusion.phases().get(0));
    for (boolean half : new boolean[] {false, true}) {
      computing = new Computing(true, half);
      double tolerance = half ? 0.05 : 1e-4;
      TrainingSession compiled = vae();
      copy(eager, compiled);
      assertSame(eager, gradients, compiled, tolerance);
      TrainingSession diffusion = diffusion("ALL", 0);
      copy(eagerDiffusion, diffusion);
      assertSame(eagerDiffusion, diffusionGradients, diffusion, tolerance);
      assertThat(diffusion.samples()).hasSameSizeAs(eagerDiffusion.samples());
      diffusion.close();
      compiled.close();
    }
  }

  /** What begins as zero lets something through. */
  private static TrainingSession opened(TrainingSession session) {
    for (Parameter parameter : session.phases().get(0).parameters().values()) {
      if (parameter.getName().endsWith("weight")
          && largest(parameter.getArray().toFloatArray()) == 0) {
        parameter.getArray().addi(0.02f);
      }
    }
    return session;
  }

  private static void copy(TrainingSession from, TrainingSession to) {
    Map<String, Parameter> parameters = to.phases().get(0).parameters();
    from.phases()
        .get(0)
        .parameters()
        .forEach(
            (name, parameter) ->
                parameters
                    .get(name)
                    .getArray()
                    .set(FloatBuffer.wrap(parameter.getArray().toFloatArray())));
  }

  /** Figures and the whole gradient, relative to their size. */
  private void assertSame(
      TrainingSession expected,
      Map<String, float[]> expectedGradients,
      TrainingSession actual,
      double tolerance) {
    Map<String, Double> figures = expected.validate();
    actual
        .validate()
        .forEach(
            (name, figure) ->
                assertThat(figure)
                    .as(name)
                    .isCloseTo(figures.get(name), withinPercentage(100 * tolerance)));
    Map<String, float[]> gradients = gradients(actual.phases().get(0));
    double difference = 0;
    double size = 0;
    for (Map.Entry<String, float[]> gradient : expectedGradients.entrySet()) {
      float[] other = gradients.get(gradient.getKey());
      for (int i = 0; i < other.length; i++) {
        difference += Math.pow(other[i] - gradient.getValue()[i], 2);
        size += Math.pow(gradient.getValue()[i], 2);
      }
    }
    assertThat(Math.sqrt(difference / size)).isBetween(1e-9, tolerance);
  }

  private static float largest(float[] values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  @Test
  void eachStageTrainsWhatItShould() {
    assertThatThrownBy(() -> diffusion("UNET", 0))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("pack");
    keep(vae());
    assertThatThrownBy(() -> diffusion("BRANCH", 0))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("denoiser");
    TrainingSession unet = diffusion("UNET", 0);
    assertThat(unet.phases().get(0).parameters().keySet())
        .noneMatch(name -> name.startsWith("s_control."))
        .anyMatch(name -> name.startsWith("film_encoder.laff."))
        .anyMatch(name -> name.startsWith("input_blocks."));
    gradients(unet.phases().get(0))
        .forEach((name, gradient) -> assertThat(gradient).as(name).isNotNull());
    keep(unet);

    TrainingSession branch = diffusion("BRANCH", 0);
    assertThat(branch.phases().get(0).parameters().keySet())
        .isNotEmpty()
        .allMatch(name -> name.startsWith("s_control."));

    TrainingSession adapted = diffusion("BRANCH", 2);
    assertThat(adapted.phases().get(0).parameters().keySet())
        .allMatch(
            name ->
                name.matches(
                    "s_control\\.(.*\\.lora_[AB]\\.weight|zero_convs.*|middle_block_out.*|local\\..*)"))
        .anyMatch(name -> name.contains(".lora_A."));
    assertThat(adapted.parts()).extracting(TrainedPart::name).containsExactly("branch");

    TrainingSession all = diffusion("ALL", 0);
    assertThat(all.parts())
        .extracting(TrainedPart::name)
        .containsExactly("denoiser", "fusion.laff", "branch");
    assertThat(all.validate()).containsKeys("loss", "lossWithoutCondition", "lossWithoutControls");
  }

  @Test
  void theLayersThatPublishedWeightsDoNotKnowBeginAnew() {
    keep(vae());
    String audioLdm =
        DIFFUSION.replace("\"filmWidth\"", "\"videoConditioning\": \"FILM\", \"filmWidth\"");
    keep(new DiffusionTask().open(context(String.format(audioLdm, "UNET", 0))));
    parts.remove("fusion.laff");
    String hpm = audioLdm.replace("FILM", "CROSS_ATTENTION");
    DiffusionSession session =
        (DiffusionSession) new DiffusionTask().open(context(String.format(hpm, "UNET", 0)));
    List<String> attending =
        Parts.parameters(session.denoiser()).keySet().stream()
            .filter(name -> name.matches(".*\\.attn2\\.to_[kv]\\.weight"))
            .toList();
    assertThat(attending).hasSize(2 * 4); // a transformer in the encoder, the middle, two after it
    assertThat(session.leftAtFirstValues()).containsExactlyInAnyOrderElementsOf(attending);
    assertThat(session.parts().get(0).architecture())
        .containsEntry("videoConditioning", "CROSS_ATTENTION");
  }

  @Test
  void aPackBringsTheNumbersOfItsNetworks() {
    keep(vae());
    keep(diffusion("UNET", 0));
    String brief =
        "{\"task\": \"latent-diffusion\", \"pack\": \"tiny\", \"config\": {\"trains\": \"BRANCH\","
            + " \"frames\": 64, \"validationPieces\": 2, \"preWidths\": [4, 4]%s}}";
    TrainingSession branch = new DiffusionTask().open(context(String.format(brief, "")));
    assertThat(branch.phases().get(0).parameters().keySet())
        .isEqualTo(diffusion("BRANCH", 0).phases().get(0).parameters().keySet());
    for (String other :
        List.of(
            "\"modelChannels\": 64",
            "\"multipliers\": [1, 2]",
            "\"headChannels\": 16",
            "\"videoConditioning\": \"FILM\"")) {
      assertThatThrownBy(
              () -> new DiffusionTask().open(context(String.format(brief, ", " + other))))
          .as(other)
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("and of pack tiny it is")
          .hasMessageContaining("fromPack");
    }
    String fresh = String.format(DIFFUSION, "UNET", 0).replace("32,", "64, \"fromPack\": false,");
    TrainingSession wider = new DiffusionTask().open(context(fresh));
    assertThat(wider.parts().get(0).architecture()).containsEntry("modelChannels", 64);
  }

  @Test
  void theFullSizeDoesNotComeUnasked() {
    keep(vae());
    String silent = String.format(DIFFUSION, "UNET", 0).replace("\"modelChannels\": 32,", "");
    assertThatThrownBy(() -> new DiffusionTask().open(context(silent)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("the recipe does not say modelChannels");
  }

  @Test
  void spansOfControlsAreDroppedOnlyWhereAsked() {
    keep(vae());
    String spans =
        String.format(DIFFUSION, "ALL", 0)
            .replace("\"frames\"", "\"spanDropping\": %s, \"frames\"");
    List<Map<String, float[]>> gradients = new ArrayList<>();
    for (String share : List.of("0", "0.0", "1")) {
      engine.setRandomSeed(3);
      gradients.add(
          gradients(new DiffusionTask().open(context(spans.replace("%s", share))).phases().get(0)));
    }
    String local = "s_control.local.dynamics.";
    String first =
        gradients.get(0).keySet().stream().filter(name -> name.startsWith(local)).findFirst().get();
    assertThat(gradients.get(1).get(first)).isEqualTo(gradients.get(0).get(first));
    assertThat(gradients.get(2).get(first)).isNotEqualTo(gradients.get(0).get(first));
  }

  @Test
  void aSpanBeginsAnywhereAndEndsInThePiece() {
    assertThat(ControlDropping.span(new double[] {0.3, 0.5, 0.5}, 0.2, 100))
        .isEqualTo(new ControlDropping.Span(0, 0));
    assertThat(ControlDropping.span(new double[] {0.1, 0.5, 0.5}, 0.2, 100))
        .isEqualTo(new ControlDropping.Span(50, 75));
    assertThat(ControlDropping.span(new double[] {0.1, 0.999, 0.999}, 0.2, 100))
        .isEqualTo(new ControlDropping.Span(99, 100));
  }

  @Test
  void numbersThatMakeNoAutoencoderAreNamed() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "\"channels\": 8", "illegal VAE width: 8",
                "\"frames\": 130", "illegal frames: 130, must be a multiple of 4",
                "\"multipliers\": []", "sizes must be 1 or more",
                "\"multipliers\": [1, 0]", "illegal multipliers: [1,0]",
                "\"validationPieces\": 0", "illegal validationPieces: 0")
            .entrySet()) {
      assertThatThrownBy(
              () ->
                  new MusicVaeTask()
                      .open(
                          context(
                              "{\"task\": \"music-vae\", \"config\": {" + wrong.getKey() + "}}")))
          .as(wrong.getKey())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(wrong.getValue());
    }
  }

  @Test
  void aValidationSaysHowFarItIsAndTakesNoMorePiecesThanThereAre() {
    keep(vae());
    List<String> said = new ArrayList<>();
    new DiffusionTask()
        .open(
            context(
                String.format(DIFFUSION, "UNET", 0)
                    .replace("\"validationPieces\": 2", "\"validationPieces\": 500")))
        .validate((done, of) -> said.add(done + " of " + of));
    int pieces = corpus.room("val", 64);
    assertThat(pieces).isLessThan(500);
    assertThat(said).hasSize(3 * pieces).startsWith("1 of " + 3 * pieces);
    assertThat(said).endsWith(3 * pieces + " of " + 3 * pieces);
  }

  @Test
  void aBranchBeginsWithoutEffect() {
    keep(vae());
    TrainingSession unet = diffusion("UNET", 0);
    double before = unet.validate().get("loss");
    keep(unet);
    Map<String, Double> after = diffusion("BRANCH", 0).validate();
    assertThat(after.get("loss")).isCloseTo(before, within(1e-6));
    assertThat(after.get("lossWithoutControls")).isCloseTo(before, within(1e-6));
  }

  @Test
  void aFusionKeepsTheScaleAndTheComposersItWasTrainedWith() {
    keep(vae());
    TrainingSession unet = diffusion("UNET", 0);
    keep(unet);
    Composers composers = Composers.of(parts.get("fusion.laff")).orElseThrow();
    assertThat(composers).isEqualTo(Composers.of(corpus));
    assertThat(composers.labels()).containsExactly("a", "b");
    assertThat(parts.get("fusion.laff").architecture())
        .extractingByKey("encoders", InstanceOfAssertFactories.MAP)
        .extractingByKey("source.composer", InstanceOfAssertFactories.MAP)
        .extractingByKey("neutral", InstanceOfAssertFactories.LIST)
        .hasSize(32)
        .startsWith(1, 0)
        .containsOnlyOnce(1);
    MusicConditions kept = MusicConditions.of(corpus, Optional.of(parts.get("fusion.laff")), 64, 4);
    MusicConditions fresh = MusicConditions.of(corpus, Optional.empty(), 64, 4);
    assertThat(kept.architecture()).isEqualTo(fresh.architecture());
    Corpus.Piece piece = corpus.piece("val", 0.3, 64, 4);
    assertThat(kept.features(piece).get(0)).isEqualTo(fresh.features(piece).get(0));
    assertThat(Composers.of(parts.get("vae"))).isEmpty();
  }

  /** CLIP that sees the same in every film, and TAVAR that sees another number in each. */
  private static Films films(Corpus corpus) {
    return Films.look(
        corpus,
        Path.of("films"),
        (film, pieces) -> {
          Map<String, float[]> seen = new LinkedHashMap<>();
          seen.put("encoder.clip", new float[] {1, 0, 0, -1});
          seen.put("encoder.tavar", new float[] {film.toString().hashCode() % 100 / 100f});
          return List.of(seen);
        });
  }

  @Test
  void whereEncodersAreNamedTheFilmsTellWhatTheMusicShouldBe() {
    keep(vae());
    films = Optional.of(films(corpus));
    DiffusionSession session = (DiffusionSession) diffusion("UNET", 0);
    Map<String, float[]> gradients = gradients(session.phases().get(0));
    assertThat(gradients.get("film_encoder.aesthetic_embed.weight")).hasSize(16);
    for (String name :
        List.of(
            "film_encoder.aesthetic_embed.weight",
            "film_encoder.laff.transform.semantic.fc1.weight",
            "film_encoder.laff.transform.composer.fc1.weight")) {
      assertThat(gradients.get(name)).as(name).isNotNull();
      assertThat(gradients.get(name)).as(name).isNotEqualTo(new float[gradients.get(name).length]);
    }
    assertThat(session.validate()).containsKeys("loss", "lossWithoutCondition");
    keep(session);
    Map<String, Object> fusion = parts.get("fusion.laff").architecture();
    assertThat(fusion).doesNotContainKey("affect");
    assertThat(fusion.get("encoders"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("encoder.tavar", Map.of("name", "aesthetic", "width", 1, "embedded", true))
        .containsEntry("encoder.clip", Map.of("name", "semantic", "width", 4, "embedded", false))
        .containsKey("source.composer");
    assertThat(diffusion("BRANCH", 0).validate()).containsKey("lossWithoutControls");
  }

  @Test
  void theMusicOfAFilmsClipBeginsWithTheClip() {
    FilmConditions conditions = new FilmConditions(films(corpus), 8);
    assertThat(conditions.encoders())
        .containsExactly(Map.entry("encoder.clip", 4), Map.entry("encoder.tavar", 1));
    List<Corpus.Piece> pieces = conditions.pieces("train", 3);
    assertThat(pieces)
        .extracting(piece -> piece.track().name())
        .containsExactly("a/one", "b/three", "b/four");
    assertThat(pieces).extracting(Corpus.Piece::start).containsOnly(96); // 1 s, a multiple of 8
    float[] tavar = conditions.features(conditions.piece("train", 0.5)).get(1);
    assertThat(tavar).containsExactly("films/b/three.mp4".hashCode() % 100 / 100f);
    assertThat(conditions.pieces("val", 2))
        .extracting(piece -> piece.track().name())
        .containsOnly("a/two");
  }

  @Test
  void affectNoiseIsForMusicAlone() {
    keep(vae());
    films = Optional.of(films(corpus));
    String recipe =
        String.format(DIFFUSION, "UNET", 0)
            .replace("\"loraRank\"", "\"affectNoise\": 0.5, \"loraRank\"");
    assertThatThrownBy(() -> new DiffusionTask().open(context(recipe)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("affectNoise is 0.5");
  }

  @Test
  void aRunReadsWhatTrainingWrites() {
    keep(vae());
    DiffusionSession session = (DiffusionSession) diffusion("ALL", 0);
    keep(session);
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    Random random = new Random(1);
    inputs.put("latent", random(random, 1, 8, 16, 16));
    inputs.put("timestep", FloatTensor.of(new float[] {300}, 1));
    inputs.put("film", random(random, 1, 16));
    inputs.put("dynamics", random(random, 1, 1, 64, 1));
    inputs.put("melody", random(random, 1, 12, 64, 1));
    float[] read;
    try (Network network =
        new TorchEngine(engine)
            .open(new LatentNetworks().network("denoiser", pack()).source(), Device.CPU)) {
      read = network.run(inputs).get("eps").values();
    }
    try (NDManager scope = manager.newSubManager()) {
      NDList arrays = new NDList();
      inputs
          .values()
          .forEach(
              tensor ->
                  arrays.add(
                      scope.create(FloatBuffer.wrap(tensor.values()), new Shape(tensor.shape()))));
      float[] trained =
          session
              .denoiser()
              .forward(new ParameterStore(scope, false), arrays, false)
              .get(0)
              .toFloatArray();
      assertThat(read).containsExactly(trained, within(1e-5f));
    }
  }

  private static FloatTensor random(Random random, long... shape) {
    int size = Math.toIntExact(new Shape(shape).size());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return FloatTensor.of(values, shape);
  }

  @Test
  void controlsAreKeptAsOftenAsTheSchemeSays() {
    Random random = new Random(11);
    int both = 0;
    int none = 0;
    int draws = 100_000;
    for (int i = 0; i < draws; i++) {
      List<Boolean> kept =
          ControlDropping.kept(
              new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()}, 2);
      both += kept.equals(List.of(true, true)) ? 1 : 0;
      none += kept.equals(List.of(false, false)) ? 1 : 0;
    }
    assertThat((double) both / draws).isCloseTo(0.3, within(0.006));
    assertThat((double) none / draws).isCloseTo(0.3, within(0.006));
  }

  @Test
  void noiseIsAddedByTheSchedule() {
    NoiseSchedule schedule = NoiseSchedule.audioLdm();
    try (NDManager scope = manager.newSubManager()) {
      Draw draw = Draw.fixed(0, 2, scope);
      NDArray z = draw.array(new float[] {2, 2}, 2, 1, 1, 1);
      NDArray epsilon = draw.array(new float[] {-1, -1}, 2, 1, 1, 1);
      float[] noised =
          new ForwardProcess(schedule).noised(draw, z, epsilon, new int[] {0, 999}).toFloatArray();
      for (int i = 0; i < 2; i++) {
        double alphaBar = schedule.alphaBar(i == 0 ? 0 : 999);
        assertThat(noised[i])
            .isCloseTo((float) (2 * Math.sqrt(alphaBar) - Math.sqrt(1 - alphaBar)), within(1e-6f));
      }
    }
  }

  @Test
  void anOffsetOfTheNoiseIsConstantInTime() {
    int columns = 64;
    try (NDManager scope = manager.newSubManager()) {
      Draw draw = Draw.fixed(0, 2, scope);
      float[] white = ForwardProcess.noise(draw, 0, 2, 8, columns, 16).toFloatArray();
      float[] offset = ForwardProcess.noise(draw, 0.5, 2, 8, columns, 16).toFloatArray();
      double squares = 0;
      int constants = 2 * 8 * 16;
      for (int i = 0; i < white.length; i++) {
        int first = i / (columns * 16) * columns * 16 + i % 16;
        assertThat(offset[i] - white[i]).isCloseTo(offset[first] - white[first], within(1e-6f));
        squares += Math.pow(offset[i] - white[i], 2) / columns;
      }
      // 16 constants of channels and 256 of channels and bands, each of variance 0.25.
      assertThat(squares / constants).isCloseTo(0.5, within(0.15));
    }
  }

  @Test
  void blurredAffectChangesTheConditionAndNothingElse() {
    keep(vae());
    String plain = String.format(DIFFUSION, "UNET", 0);
    String blurred = plain.replace("\"frames\"", "\"affectNoise\": 0.5, \"frames\"");
    TrainingSession certain = new DiffusionTask().open(context(plain));
    keep(certain); // the same first values for both
    TrainingSession uncertain = new DiffusionTask().open(context(blurred));
    certain = new DiffusionTask().open(context(plain));
    disturb(certain);
    disturb(uncertain);
    Map<String, Double> sharp = certain.validate();
    Map<String, Double> blur = uncertain.validate();
    assertThat(blur.get("lossWithoutCondition")).isEqualTo(sharp.get("lossWithoutCondition"));
    assertThat(blur.get("loss")).isNotEqualTo(sharp.get("loss"));
    assertThat(sharp.get("lossWithoutComposer")).isNotEqualTo(sharp.get("loss"));
    assertThatThrownBy(
            () ->
                new DiffusionTask()
                    .open(context(plain.replace("\"frames\"", "\"noiseOffset\": -1, \"frames\""))))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("noiseOffset");
  }

  @Test
  void muchNoiseCountsMoreUpToTheLimit() {
    NoiseSchedule schedule = NoiseSchedule.audioLdm();
    try (NDManager scope = manager.newSubManager()) {
      Draw draw = Draw.fixed(0, 3, scope);
      ForwardProcess forward = new ForwardProcess(schedule);
      int[] timesteps = {0, 500, 999};
      assertThat(forward.weights(draw, timesteps, 1).toFloatArray()).containsExactly(1, 1, 1);
      float[] limited = forward.weights(draw, timesteps, 20).toFloatArray();
      for (int i = 0; i < 2; i++) {
        double alphaBar = schedule.alphaBar(timesteps[i]);
        // The error of v is that of ε over the root of ᾱ.
        assertThat((double) limited[i]).isCloseTo(1 / alphaBar, within(1e-5));
      }
      assertThat(limited[2]).isEqualTo(20);
    }
  }

  @Test
  void latentsOfAPieceAreThoseOfItsTrackWhereverItBegins() {
    List<Integer> windows = new ArrayList<>();
    // An encoder that only says which frame a column stands for: the mean of its four frames.
    LatentCache cache =
        new LatentCache(
            folder.resolve("latents"),
            "0123456789abcdef",
            4,
            1,
            1,
            (mel, frames) -> {
              windows.add(frames);
              float[] moments = new float[2 * frames / 4];
              for (int column = 0; column < frames / 4; column++) {
                moments[column] = mel[column * 4 * 64];
              }
              return moments;
            });
    Corpus.Piece piece = corpus.piece("train", 0.9, 64, 4);
    cache.prepare(piece.track());
    float[] latent = new float[16];
    cache.sample(piece.track(), piece.start() / 4, 16, null, latent, 0);
    float[] mel = piece.track().part(Corpus.MEL, piece.start(), 64);
    for (int column = 0; column < 16; column++) {
      assertThat(latent[column]).isEqualTo(mel[column * 4 * 64]);
    }
    int encoded = windows.size();
    cache.prepare(piece.track());
    assertThat(windows).hasSize(encoded);
  }

  @Test
  void latentsAreEncodedAgainWhenTheCodeOfTheEncoderHasChanged() throws IOException {
    keep(vae());
    code = "before";
    assertThat(encoded()).as("the tracks of the corpus").isEqualTo(encoded()).isPositive();
    long before = encoded();
    code = "after";
    assertThat(encoded()).isEqualTo(2 * before);
    code = "before";
    assertThat(encoded()).as("those of before are still there").isEqualTo(2 * before);
  }

  /** How many tracks have been encoded so far, once those of the present code are there. */
  private long encoded() throws IOException {
    new PackVae(context("{\"task\": \"latent-diffusion\"}"), parts.get("vae")).latents();
    try (Stream<Path> files = Files.list(folder.resolve("latents"))) {
      return files.count();
    }
  }
}
