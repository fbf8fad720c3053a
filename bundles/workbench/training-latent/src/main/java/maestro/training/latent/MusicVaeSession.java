package maestro.training.latent;

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
import maestro.api.sound.Mel;
import maestro.latent.vmunet.MusicVae;
import maestro.latent.vmunet.VaeConfig;
import maestro.tensor.nn.Functions;
import maestro.training.Draw;
import maestro.training.ForwardPass;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.Sample;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;

/** A Music VAE in training. */
final class MusicVaeSession implements TrainingSession {
  /** Settings of the task. */
  static final class Settings {
    /** Width of the finest level. */
    public int channels = 128;

    /** Width of each level, finest first. */
    public List<Integer> multipliers = List.of(1, 2, 4);

    /** Residual blocks a level. */
    public int resBlocks = 2;

    /** Mel frames of a piece. */
    public int frames = 256;

    /** Weight of the mean divergence of a latent number. */
    public double divergenceWeight = 1e-3;

    /** Pieces of a validation. */
    public int validationPieces = 64;
  }

  private static final int BANDS = 64;
  private static final float HISS = 0.01f;

  private final TrainingContext context;
  private final Settings settings;
  private final VaeConfig config;
  private final MusicVae vae;
  private final ForwardPass training;
  private final ForwardPass use;
  private final List<Corpus.Piece> validation;
  private double latentDeviation; // of the last validation

  MusicVaeSession(TrainingContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    config = new VaeConfig(1, 8, settings.channels, settings.multipliers, settings.resBlocks);
    require(settings.multipliers.stream().allMatch(one -> one != null && one > 0), "multipliers");
    require(BANDS % config.compression() == 0, "multipliers");
    require(settings.frames > 0 && settings.frames % config.compression() == 0, "frames");
    require(settings.validationPieces > 0, "validationPieces");
    vae = new MusicVae(config);
    vae.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    training = context.training("music-vae", vae, "mel", "mean", "logVariance");
    use = context.use("music-vae", vae, "mel", "mean", "logVariance");
    validation = context.corpus().heldOut("val", settings.validationPieces, settings.frames, 1);
  }

  private void require(boolean fine, String name) {
    if (!fine) {
      throw new IllegalArgumentException(
          "illegal "
              + name
              + ": "
              + context.recipe().config.get(name)
              + ", must be "
              + switch (name) {
                case "frames" -> "a multiple of " + config.compression();
                case "multipliers" -> "at most 7 whole numbers above 0";
                default -> "1 or more";
              });
    }
  }

  @Override
  public List<Phase> phases() {
    return List.of(new Phase("", Parts.parameters(vae), this::loss));
  }

  private NDArray loss(Draw draw, ParameterStore store) {
    int batch = draw.batch();
    float[] mels = new float[batch * settings.frames * BANDS];
    double[] at = draw.uniform("piece", batch);
    for (int i = 0; i < batch; i++) {
      Corpus.Piece piece = context.corpus().piece("train", at[i], settings.frames, 1);
      put(piece, mels, i);
    }
    NDArray mel = draw.array(mels, batch, 1, settings.frames, BANDS);
    // Digital silence is one number everywhere, which many normalisations in a row blow up; a tenth
    // of a decibel of hiss keeps it alive.
    NDArray heard = mel.add(draw.gaussian("hiss", mel.getShape().getShape()).mul(HISS));
    NDList out = training.run(store, new NDList(heard, draw.gaussian("posterior", latent(batch))));
    NDArray error = out.get(0).sub(mel).abs().mean();
    NDArray divergence = divergence(out.get(1), out.get(2));
    draw.figure("error", error.toFloatArray()[0]);
    draw.figure("divergence", divergence.toFloatArray()[0]);
    return error.add(Functions.times(divergence, (float) settings.divergenceWeight));
  }

  private void put(Corpus.Piece piece, float[] mels, int index) {
    float[] part = piece.track().part(Corpus.MEL, piece.start(), settings.frames);
    System.arraycopy(part, 0, mels, index * part.length, part.length);
  }

  private long[] latent(int batch) {
    int r = config.compression();
    return new long[] {batch, config.latentChannels(), settings.frames / r, BANDS / r};
  }

  /** Of the posterior from the standard normal, ½·(μ² + σ² − 1 − ln σ²), mean over all numbers. */
  private static NDArray divergence(NDArray mean, NDArray logVariance) {
    return Functions.times(
        mean.square().add(logVariance.exp()).sub(1).sub(logVariance).mean(), 0.5f);
  }

  @Override
  public Map<String, Double> validate(Progress progress) {
    double error = 0;
    double squares = 0;
    double sum = 0;
    long numbers = 0;
    int done = 0;
    for (Corpus.Piece piece : validation) {
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        float[] mels = new float[settings.frames * BANDS];
        put(piece, mels, 0);
        NDArray mel = scope.create(FloatBuffer.wrap(mels), new Shape(1, 1, settings.frames, BANDS));
        NDList out = run(new NDList(mel, scope.zeros(new Shape(latent(1)))), scope);
        error += out.get(0).sub(mel).abs().mean().toFloatArray()[0];
        for (float value : out.get(1).toFloatArray()) {
          sum += value;
          squares += (double) value * value;
          numbers++;
        }
      }
      progress.at(++done, validation.size());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("error", error / validation.size());
    double mean = sum / numbers;
    latentDeviation = Math.sqrt(squares / numbers - mean * mean);
    figures.put("latentDeviation", latentDeviation);
    return figures;
  }

  /** Three pieces and what the autoencoder makes of them. */
  @Override
  public List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < Math.min(3, validation.size()); i++) {
      Corpus.Piece piece = validation.get(i * validation.size() / 3);
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        float[] mels = new float[settings.frames * BANDS];
        put(piece, mels, 0);
        NDArray mel = scope.create(FloatBuffer.wrap(mels), new Shape(1, 1, settings.frames, BANDS));
        NDList out = run(new NDList(mel, scope.zeros(new Shape(latent(1)))), scope);
        samples.add(Sample.of(i + 1 + " original", new Mel(settings.frames, BANDS, mels)));
        samples.add(
            Sample.of(
                i + 1 + " decoded", new Mel(settings.frames, BANDS, out.get(0).toFloatArray())));
      }
    }
    return samples;
  }

  private NDList run(NDList inputs, NDManager scope) {
    return use.run(new ParameterStore(scope, false), inputs);
  }

  @Override
  public void close() {
    training.close();
    use.close();
  }

  @Override
  public List<TrainedPart> parts() {
    Map<String, Object> architecture = new LinkedHashMap<>();
    architecture.put("channels", config.channels());
    architecture.put("multipliers", config.multipliers());
    architecture.put("resBlocks", config.resBlocks());
    architecture.put("latentChannels", config.latentChannels());
    architecture.put("melBands", BANDS);
    // AudioLDM's rule, one over the deviation of the latents, over the validation pieces.
    architecture.put("scaleFactor", 1 / latentDeviation);
    return List.of(new TrainedPart("vae", Parts.weights(vae), architecture));
  }
}
