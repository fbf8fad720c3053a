package maestro.training.vocoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.signal.LogMel;
import maestro.tensor.nn.Functions;
import maestro.training.Computing;
import maestro.training.Draw;
import maestro.training.Phase;
import maestro.training.Sample;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import maestro.vocoder.hifigan.HifiGan;
import maestro.vocoder.hifigan.HifiGanConfig;
import maestro.vocoder.hifigan.HifiGanVocoder;

/** A HiFi-GAN in training. */
final class HifiGanSession implements TrainingSession {
  /** Name of the task. */
  static final String TASK = "hifi-gan";

  /** Settings of the task. */
  static final class Settings {
    /** Channels after the generator's first convolution, a multiple of 32. */
    public int channels = 1024;

    /** Kernels of the generator's residual blocks. */
    public List<Integer> residualKernels = List.of(3, 7, 11);

    /** Dilations in each of them. */
    public List<Integer> dilations = List.of(1, 3, 5);

    /** Channels of the discriminators' widest layers, a multiple of 32. */
    public int discriminatorChannels = 1024;

    /** Samples of an example; those beyond the last whole mel frame are left out. */
    public int segment = 8192;

    /** Update from which there are discriminators. */
    public long adversarialFrom;

    /** Weight of the mel's mean distance. */
    public double melWeight = 45;

    /** Weight of the distance of the discriminators' layers. */
    public double featureWeight = 2;

    /** Pieces of a validation. */
    public int validationPieces = 16;

    /** Mel frames of each. */
    public int validationFrames = 256;
  }

  private final TrainingContext context;
  private final Settings settings;
  private final HifiGanConfig config;
  private final HifiGan generator;
  private final Discriminators discriminators;
  private final WeightNorm generatorNorm;
  private final WeightNorm discriminatorNorm;
  private final MelSpectrum mels;
  private final SpectralDistance distance;
  private final int frames;
  private final List<Corpus.Piece> validation;

  HifiGanSession(TrainingContext context, Settings settings) {
    Computing.requireRightConvolutions(TASK);
    this.context = context;
    this.settings = settings;
    config = config(settings);
    frames = settings.segment / config.hop();
    require(
        settings.discriminatorChannels > 0 && settings.discriminatorChannels % 32 == 0,
        "discriminatorChannels is " + settings.discriminatorChannels,
        "make it a multiple of 32");
    require(
        settings.adversarialFrom >= 0,
        "adversarialFrom is " + settings.adversarialFrom,
        "make it 0 or more");
    require(
        settings.validationPieces > 0,
        "validationPieces is " + settings.validationPieces,
        "make it 1 or more");
    require(
        frames * config.hop() >= MelSpectrum.SHORTEST,
        "segment is " + settings.segment,
        "make it " + roundedUp(MelSpectrum.SHORTEST) + " samples or more");
    require(
        settings.validationFrames * config.hop() >= SpectralDistance.SHORTEST,
        "validationFrames is " + settings.validationFrames,
        "make it " + roundedUp(SpectralDistance.SHORTEST) / config.hop() + " or more");
    validation =
        context.corpus().heldOut("val", settings.validationPieces, settings.validationFrames, 1);
    NDManager manager = context.manager();
    mels = new MelSpectrum(manager, DataType.FLOAT32);
    distance = new SpectralDistance(manager);
    generator = new HifiGan(config);
    discriminators = new Discriminators(settings.discriminatorChannels);
    generator.initialize(manager, DataType.FLOAT32, new Shape(1));
    discriminators.initialize(manager, DataType.FLOAT32, new Shape(1));
    generatorNorm = new WeightNorm(generator, manager);
    discriminatorNorm = new WeightNorm(discriminators, manager);
  }

  private static HifiGanConfig config(Settings settings) {
    HifiGanConfig published = HifiGanConfig.of(1024);
    require(
        !settings.residualKernels.isEmpty()
            && settings.residualKernels.stream().allMatch(kernel -> kernel > 0 && kernel % 2 == 1)
            && !settings.dilations.isEmpty()
            && settings.dilations.stream().allMatch(dilation -> dilation > 0),
        "residualKernels are " + settings.residualKernels + ", dilations " + settings.dilations,
        "give one or more odd kernels and one or more dilations of 1 or more");
    require(
        settings.channels > 0 && settings.channels % 32 == 0,
        "channels is " + settings.channels,
        "make it a multiple of 32");
    return new HifiGanConfig(
        LogMel.BANDS,
        settings.channels,
        published.rates(),
        published.kernels(),
        settings.residualKernels,
        settings.dilations,
        published.slope());
  }

  private int roundedUp(int samples) {
    return (samples + config.hop() - 1) / config.hop() * config.hop();
  }

  private static void require(boolean fine, String cause, String next) {
    if (!fine) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION, "training " + TASK, cause, next);
    }
  }

  @Override
  public List<Phase> phases() {
    return List.of(
        new Phase(
            "discriminators",
            discriminatorNorm.parameters(),
            this::discriminatorLoss,
            settings.adversarialFrom),
        new Phase("generator", generatorNorm.parameters(), this::generatorLoss));
  }

  private NDArray discriminatorLoss(Draw draw, ParameterStore store) {
    NDArray real = sounds(draw);
    NDArray made = make(generatorNorm.store(store), mels.of(real));
    ParameterStore judges = discriminatorNorm.store(store);
    return AdversarialLoss.ofDiscriminators(
        discriminators.judge(judges, real), discriminators.judge(judges, made));
  }

  private NDArray generatorLoss(Draw draw, ParameterStore store) {
    NDArray real = sounds(draw);
    NDArray wanted = mels.of(real);
    NDArray made = make(generatorNorm.store(store), wanted);
    NDArray mel = mels.of(made).sub(wanted).abs().mean();
    draw.figure("mel", mel.toFloatArray()[0]);
    NDArray loss = Functions.times(mel, (float) settings.melWeight);
    if (draw.update() < settings.adversarialFrom) {
      return loss;
    }
    ParameterStore judges = discriminatorNorm.store(store);
    List<NDList> judgedReal = discriminators.judge(judges, real);
    List<NDList> judgedMade = discriminators.judge(judges, made);
    NDArray features = AdversarialLoss.ofFeatures(judgedReal, judgedMade);
    NDArray adversarial = AdversarialLoss.ofGenerator(judgedMade);
    draw.figure("features", features.toFloatArray()[0]);
    draw.figure("adversarial", adversarial.toFloatArray()[0]);
    return loss.add(Functions.times(features, (float) settings.featureWeight)).add(adversarial);
  }

  /** Segments of tracks, the same for both phases of an update, {@code [B, 1, S]}. */
  private NDArray sounds(Draw draw) {
    int samples = frames * config.hop();
    double[] at = draw.uniform("piece", draw.batch());
    float[] all = new float[at.length * samples];
    for (int i = 0; i < at.length; i++) {
      float[] sound = sound(context.corpus().piece("train", at[i], frames, 1), frames);
      System.arraycopy(sound, 0, all, i * samples, samples);
    }
    return draw.array(all, at.length, 1, samples);
  }

  private float[] sound(Corpus.Piece piece, int frames) {
    return piece.track().part(Corpus.WAVE, piece.start() * config.hop(), frames * config.hop());
  }

  /** The generator's sound without the samples it makes beyond the last frame. */
  private NDArray make(ParameterStore store, NDArray mel) {
    NDArray sound = generator.apply(store, mel, true);
    return Reflection.part(sound, 0, mel.getShape().get(2) * config.hop());
  }

  @Override
  public Map<String, Double> validate(Progress progress) {
    double error = 0;
    double spectral = 0;
    int done = 0;
    for (Corpus.Piece piece : validation) {
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        float[] sound = sound(piece, settings.validationFrames);
        NDArray real = scope.create(FloatBuffer.wrap(sound), new Shape(1, 1, sound.length));
        NDArray wanted = mels.of(real);
        NDArray made = make(generatorNorm.store(new ParameterStore(scope, false)), wanted);
        error += mels.of(made).sub(wanted).abs().mean().toFloatArray()[0];
        spectral += distance.of(real, made);
      }
      progress.at(++done, validation.size());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("melError", error / validation.size());
    figures.put("spectralDistance", spectral / validation.size());
    return figures;
  }

  /** Three pieces and what the generator makes of their mels. */
  @Override
  public List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < Math.min(3, validation.size()); i++) {
      float[] sound = sound(validation.get(i * validation.size() / 3), settings.validationFrames);
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        NDArray real = scope.create(FloatBuffer.wrap(sound), new Shape(1, 1, sound.length));
        NDArray mel = mels.of(real);
        NDArray made = make(generatorNorm.store(new ParameterStore(scope, false)), mel);
        samples.add(sample(i + 1 + " original", real, mel));
        samples.add(sample(i + 1 + " from its mel", made, mels.of(made)));
      }
    }
    return samples;
  }

  private static Sample sample(String name, NDArray sound, NDArray mel) {
    int frames = (int) mel.getShape().get(2);
    return new Sample(
        name,
        new Mel(frames, LogMel.BANDS, mel.transpose(0, 2, 1).toFloatArray()),
        Optional.of(Sound.mono(sound.toFloatArray(), LogMel.SAMPLE_RATE_HZ)));
  }

  @Override
  public List<TrainedPart> parts() {
    return List.of(
        new TrainedPart(HifiGanVocoder.NAME, generatorNorm.folded(), config.architecture()));
  }
}
