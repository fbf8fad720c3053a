package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.latent.NoiseSchedule;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.latent.ControlBranch;
import maestro.latent.ControlConfig;
import maestro.latent.Denoiser;
import maestro.latent.HeadRule;
import maestro.latent.UNet;
import maestro.latent.UNetConfig;
import maestro.latent.VaeConfig;
import maestro.latent.VaeEncoder;
import maestro.latent.VideoConditioning;
import maestro.tensor.checkpoint.Checkpoint;
import maestro.tensor.checkpoint.Safetensors;
import maestro.tensor.checkpoint.Weight;
import maestro.training.Draw;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import maestro.vision.Laff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * VM-UNet, fusion and S-Control Branch in training.
 *
 * <p>Loss of an example (paper, section 4.1): t uniform in 0 … 999, ε standard normal, the mean
 * square of ε − ε_θ(z_t, t, c), with z a draw from the VAE's posterior times the scale factor.
 * Controls are heard in the target itself.
 */
final class DiffusionSession implements TrainingSession {
  private static final Logger LOG = LoggerFactory.getLogger(DiffusionSession.class);
  private static final String DENOISER = "denoiser";
  private static final String LAFF = "encoder.laff";
  private static final String BRANCH_PREFIX = Denoiser.BRANCH + ".";

  private final TrainingContext context;
  private final DiffusionSettings settings;
  private final UNetConfig unetConfig;
  private final ControlConfig controls;
  private final ControlBranch branch; // null without
  private final Denoiser denoiser;
  private final Laff laff;
  private final LatentCache latents;
  private final double scaleFactor;
  private final int compression;
  private final int latentBands;
  private final NoiseSchedule schedule = NoiseSchedule.audioLdm();
  private final ForwardProcess forward = new ForwardProcess(schedule);
  private final MusicConditions conditions;
  private final ControlScale dynamics;
  private final List<Corpus.Piece> validation;

  /** Mean and deviation of a control over the training tracks. */
  private record ControlScale(double mean, double deviation) {}

  DiffusionSession(TrainingContext context, DiffusionSettings settings) {
    this.context = context;
    this.settings = settings;
    ModelPack pack =
        context
            .pack()
            .orElseThrow(() -> refused("the recipe names no pack", "name one with a vae"));
    PackPart vaePart =
        pack.part("vae")
            .orElseThrow(() -> refused("the pack has no vae", "train one with task music-vae"));
    VaeConfig vae = vae(vaePart);
    compression = vae.compression();
    latentBands = 64 / compression;
    scaleFactor = ((Number) vaePart.architecture().getOrDefault("scaleFactor", 1)).doubleValue();
    unetConfig =
        new UNetConfig(
            vae.latentChannels(),
            settings.modelChannels,
            settings.multipliers,
            settings.resBlocks,
            settings.attentionLevels,
            HeadRule.channelsPerHead(settings.headChannels),
            settings.filmWidth,
            VideoConditioning.FILM);
    if (settings.frames < 1 || settings.frames % (compression * unetConfig.multiple()) != 0) {
      throw refused(
          "frames is " + settings.frames,
          "make it a multiple of " + compression * unetConfig.multiple());
    }
    Map<String, Integer> channels = new LinkedHashMap<>();
    channels.put("dynamics", 1); // sorted, as a pack's reader sums them
    channels.put("melody", 12);
    controls = new ControlConfig(channels, settings.preWidths, ControlConfig.Injection.LEVELS);
    UNet unet = new UNet(unetConfig);
    branch =
        settings.trains == DiffusionSettings.Trains.UNET
            ? null
            : new ControlBranch(unetConfig, controls);
    denoiser = branch == null ? new Denoiser(unet) : new Denoiser(unet, branch);
    if (branch != null && settings.loraRank > 0) {
      branch.attachLora(settings.loraRank, settings.loraRank);
    }
    laff =
        new Laff(laffBranches(), new Laff.Form(settings.filmWidth, 1, false, settings.normalise));
    denoiser.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    laff.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    start(pack);

    VaeEncoder encoder = new VaeEncoder(vae);
    encoder.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    List<String> missing = Parts.fill(encoder, weights(vaePart));
    if (!missing.isEmpty()) {
      throw refused("the pack's vae lacks " + missing, "check it with 'maestro packs verify'");
    }
    Parts.freeze(encoder);
    latents =
        new LatentCache(
            context.cache().resolve("latents"),
            vaePart.digest(),
            compression,
            vae.latentChannels(),
            latentBands,
            (mel, frames) -> moments(encoder, mel, frames));
    for (String split : List.of("train", "val")) {
      context.corpus().tracks(split).forEach(latents::prepare);
    }
    conditions = new MusicConditions(context.corpus(), settings.frames);
    dynamics = dynamics();
    validation =
        context.corpus().pieces("val", settings.validationPieces, settings.frames, compression);
  }

  private List<Laff.Branch> laffBranches() {
    List<Laff.Branch> branches = new ArrayList<>();
    branches.add(new Laff.Branch("affect", maestro.affect.AffectScale.DIMENSIONS.size(), false));
    if (settings.composers) {
      branches.add(new Laff.Branch("composer", MusicConditions.COMPOSERS, false));
    }
    return branches;
  }

  /** First values from the pack, and what is not to be trained. */
  private void start(ModelPack pack) {
    boolean frozen = settings.trains == DiffusionSettings.Trains.BRANCH;
    if (pack.part(DENOISER).isEmpty()) {
      if (frozen) {
        throw refused("the pack has no denoiser", "train one first with trains UNET");
      }
      return;
    }
    Map<String, Weight> weights = new LinkedHashMap<>(weights(pack.part(DENOISER).get()));
    if (branch != null) { // a branch begins as a copy
      pack.part("branch").ifPresent(part -> weights.putAll(weights(part)));
      new LinkedHashMap<>(weights)
          .forEach(
              (name, weight) ->
                  weights.putIfAbsent(BRANCH_PREFIX + name, weight.named(BRANCH_PREFIX + name)));
    }
    List<String> left = Parts.fill(denoiser, weights);
    pack.part(LAFF).ifPresent(part -> left.addAll(Parts.fill(laff, weights(part))));
    LOG.info("latent-diffusion: {} tensors were left at first values: {}", left.size(), left);
    if (frozen) {
      List<String> missing = left.stream().filter(name -> !name.startsWith(BRANCH_PREFIX)).toList();
      if (!missing.isEmpty() || pack.part(LAFF).isEmpty()) {
        throw refused(
            "the pack's denoiser and fusion lack " + missing,
            "use the settings it was trained with");
      }
      Parts.freeze(denoiser);
      Parts.freeze(laff);
    }
  }

  private static Map<String, Weight> weights(PackPart part) {
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      return checkpoint.weights();
    }
  }

  private static VaeConfig vae(PackPart part) {
    Map<String, Object> numbers = part.architecture();
    VaeConfig published = VaeConfig.of(128);
    List<Integer> multipliers = new ArrayList<>();
    for (Object one : (List<?>) numbers.getOrDefault("multipliers", published.multipliers())) {
      multipliers.add(((Number) one).intValue());
    }
    return new VaeConfig(
        1,
        ((Number) numbers.getOrDefault("latentChannels", 8)).intValue(),
        ((Number) numbers.getOrDefault("channels", 128)).intValue(),
        multipliers,
        ((Number) numbers.getOrDefault("resBlocks", 2)).intValue());
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION, "training latent-diffusion", cause, next);
  }

  private float[] moments(VaeEncoder encoder, float[] mel, int frames) {
    try (NDManager scope = context.manager().newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      NDArray input =
          scope.create(FloatBuffer.wrap(mel), new Shape(1, 1, frames, mel.length / frames));
      return encoder.apply(new ParameterStore(scope, false), input, false).toFloatArray();
    }
  }

  private ControlScale dynamics() {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (Corpus.Piece piece : context.corpus().pieces("train", 2000, settings.frames, 4)) {
      int there = Math.min(settings.frames, piece.track().rows("dynamics") - piece.start());
      for (float value : piece.track().part("dynamics", piece.start(), there)) {
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    double mean = sum / count;
    return new ControlScale(mean, Math.sqrt(Math.max(1e-12, squares / count - mean * mean)));
  }

  @Override
  public List<Phase> phases() {
    Map<String, Parameter> trained = new LinkedHashMap<>();
    boolean branchAlone = settings.trains == DiffusionSettings.Trains.BRANCH;
    Parts.parameters(denoiser)
        .forEach(
            (name, parameter) -> {
              boolean ofBranch = name.startsWith(BRANCH_PREFIX);
              boolean adapted =
                  settings.loraRank == 0
                      || !ofBranch
                      || ControlBranch.trainedWithLora(name.substring(BRANCH_PREFIX.length()));
              if (adapted && (ofBranch || !branchAlone)) {
                trained.put(name, parameter);
              }
            });
    if (!branchAlone) {
      trained.putAll(Parts.parameters(laff));
    }
    return List.of(new Phase("", trained, this::loss));
  }

  private NDArray loss(Draw draw, ParameterStore store) {
    int batch = draw.batch();
    double[] at = draw.uniform("piece", batch);
    double[] time = draw.uniform("timestep", batch);
    double[] keep = draw.uniform("condition", batch);
    double[] keepComposer = draw.uniform("composer", batch);
    Examples examples = new Examples(batch);
    int[] timesteps = new int[batch];
    for (int i = 0; i < batch; i++) {
      timesteps[i] = (int) (time[i] * schedule.timesteps());
      List<Boolean> kept =
          ControlDropping.kept(
              draw.uniform("controls." + i, 1 + controls.controls().size()),
              controls.controls().size());
      examples.put(
          i,
          context.corpus().piece("train", at[i], settings.frames, compression),
          keep[i] >= settings.conditionDropping,
          keepComposer[i] >= settings.composerDropping,
          kept);
    }
    NDArray epsilon = draw.gaussian("epsilon", examples.latentShape());
    float[] posterior = draw.gaussian("posterior", examples.latentShape()).toFloatArray();
    NDArray z = draw.array(examples.latents(posterior), examples.latentShape());
    return predicted(draw, store, examples, z, epsilon, timesteps, true)
        .sub(epsilon)
        .square()
        .mean();
  }

  private NDArray predicted(
      Draw draw,
      ParameterStore store,
      Examples examples,
      NDArray z,
      NDArray epsilon,
      int[] timesteps,
      boolean training) {
    float[] steps = new float[timesteps.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = timesteps[i];
    }
    NDList seen = new NDList(draw.array(examples.affect, examples.batch, 5));
    if (settings.composers) {
      seen.add(draw.array(examples.composer, examples.batch, MusicConditions.COMPOSERS));
    }
    NDArray condition =
        laff.forward(store, seen, training)
            .get(0)
            .mul(draw.array(examples.kept, examples.batch, 1));
    NDList inputs =
        new NDList(
            forward.noised(draw, z, epsilon, timesteps),
            draw.array(steps, steps.length),
            condition);
    if (branch != null) {
      controls
          .controls()
          .forEach(
              (name, channels) ->
                  inputs.add(
                      draw.array(
                          examples.controls.get(name),
                          examples.batch,
                          channels,
                          settings.frames,
                          1)));
    }
    return denoiser.forward(store, inputs, training).get(0);
  }

  /** Examples being put together. */
  private final class Examples {
    private final int batch;
    private final Corpus.Piece[] pieces;
    private final float[] affect;
    private final float[] composer;
    private final float[] kept;
    private final Map<String, float[]> controls = new LinkedHashMap<>();

    Examples(int batch) {
      this.batch = batch;
      pieces = new Corpus.Piece[batch];
      affect = new float[batch * 5];
      composer = new float[batch * MusicConditions.COMPOSERS];
      kept = new float[batch];
      DiffusionSession.this
          .controls
          .controls()
          .forEach(
              (name, channels) ->
                  controls.put(name, new float[batch * channels * settings.frames]));
    }

    void put(
        int i,
        Corpus.Piece piece,
        boolean keepCondition,
        boolean keepComposer,
        List<Boolean> keepControls) {
      pieces[i] = piece;
      kept[i] = keepCondition ? 1 : 0;
      System.arraycopy(conditions.affect(piece, settings.frames), 0, affect, i * 5, 5);
      int place = keepComposer ? conditions.composer(piece) : 0;
      composer[i * MusicConditions.COMPOSERS + place] = 1;
      int index = 0;
      for (Map.Entry<String, float[]> control : controls.entrySet()) {
        if (branch != null && keepControls.get(index)) {
          putControl(control.getKey(), control.getValue(), i, piece);
        }
        index++;
      }
    }

    /** Rows become channels. */
    private void putControl(String name, float[] into, int i, Corpus.Piece piece) {
      int channels = piece.track().channels(name);
      int frames = settings.frames;
      int there = Math.min(frames, piece.track().rows(name) - piece.start());
      float[] rows = piece.track().part(name, piece.start(), there);
      for (int t = 0; t < there; t++) {
        for (int c = 0; c < channels; c++) {
          float value = rows[t * channels + c];
          into[(i * channels + c) * frames + t] =
              name.equals("dynamics")
                  ? (float) ((value - dynamics.mean()) / dynamics.deviation())
                  : value;
        }
      }
    }

    long[] latentShape() {
      return new long[] {
        batch, unetConfig.latentChannels(), settings.frames / compression, latentBands
      };
    }

    /** Scaled draws from the posteriors; the means when there is no noise. */
    float[] latents(float[] noise) {
      int columns = settings.frames / compression;
      int size = unetConfig.latentChannels() * columns * latentBands;
      float[] all = new float[batch * size];
      for (int i = 0; i < batch; i++) {
        float[] own =
            noise == null ? null : java.util.Arrays.copyOfRange(noise, i * size, (i + 1) * size);
        latents.sample(
            pieces[i].track(), pieces[i].start() / compression, columns, own, all, i * size);
      }
      for (int k = 0; k < all.length; k++) {
        all[k] *= (float) scaleFactor;
      }
      return all;
    }
  }

  @Override
  public Map<String, Double> validate() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss", validationLoss(true, true));
    figures.put("lossWithoutCondition", validationLoss(false, true));
    if (branch != null) {
      figures.put("lossWithoutControls", validationLoss(true, false));
    }
    return figures;
  }

  private double validationLoss(boolean withCondition, boolean withControls) {
    double sum = 0;
    for (int i = 0; i < validation.size(); i++) {
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        Draw draw = Draw.fixed(i, 1, scope);
        Examples examples = new Examples(1);
        examples.put(
            0, validation.get(i), withCondition, true, List.of(withControls, withControls));
        NDArray epsilon = draw.gaussian("epsilon", examples.latentShape());
        NDArray z = draw.array(examples.latents(null), examples.latentShape());
        int[] timesteps = {(int) ((i + 0.5) / validation.size() * schedule.timesteps())};
        sum +=
            predicted(
                    draw, new ParameterStore(scope, false), examples, z, epsilon, timesteps, false)
                .sub(epsilon)
                .square()
                .mean()
                .toFloatArray()[0];
      }
    }
    return sum / validation.size();
  }

  @Override
  public List<TrainedPart> parts() {
    List<TrainedPart> parts = new ArrayList<>();
    List<Weight> unet = new ArrayList<>();
    List<Weight> own = new ArrayList<>();
    for (Weight weight : Parts.weights(denoiser)) {
      (weight.name().startsWith(BRANCH_PREFIX) ? own : unet).add(weight);
    }
    if (settings.trains != DiffusionSettings.Trains.BRANCH) {
      Map<String, Object> architecture = new LinkedHashMap<>();
      architecture.put("latentChannels", unetConfig.latentChannels());
      architecture.put("modelChannels", unetConfig.modelChannels());
      architecture.put("multipliers", unetConfig.multipliers());
      architecture.put("resBlocks", unetConfig.resBlocks());
      architecture.put("attentionLevels", unetConfig.attentionLevels());
      architecture.put("headRule", "CHANNELS_PER_HEAD(" + settings.headChannels + ")");
      architecture.put("filmWidth", unetConfig.filmWidth());
      architecture.put("videoConditioning", "FILM");
      architecture.put("nullCondition", "zero");
      parts.add(new TrainedPart(DENOISER, unet, architecture));
      parts.add(fusion());
    }
    if (branch != null) {
      parts.add(branchPart(own));
    }
    return parts;
  }

  private TrainedPart fusion() {
    Map<String, Object> encoders = new LinkedHashMap<>();
    encoders.put("encoder.affect", Map.of("name", "affect", "width", 5, "embedded", false));
    if (settings.composers) {
      encoders.put(
          "encoder.composer",
          Map.of(
              "name",
              "composer",
              "width",
              MusicConditions.COMPOSERS,
              "embedded",
              false,
              "labels",
              conditions.labels()));
    }
    Map<String, Object> architecture = new LinkedHashMap<>();
    architecture.put("width", settings.filmWidth);
    architecture.put("heads", 1);
    architecture.put("normalise", settings.normalise);
    architecture.put("encoders", encoders);
    architecture.put("affect", conditions.affectArchitecture());
    return new TrainedPart(LAFF, Parts.weights(laff), architecture);
  }

  /** With adapters, what they left as it was is not stored: a reader takes it from the denoiser. */
  private TrainedPart branchPart(List<Weight> own) {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put(
        "dynamics",
        Map.of("channels", 1, "mean", dynamics.mean(), "deviation", dynamics.deviation()));
    named.put("melody", Map.of("channels", 12, "mean", 0, "deviation", 1));
    Map<String, Object> architecture = new LinkedHashMap<>();
    architecture.put("controls", named);
    architecture.put("preWidths", settings.preWidths);
    architecture.put("injection", "LEVELS");
    List<Weight> stored = own;
    if (settings.loraRank > 0) {
      architecture.put("lora", Map.of("alpha", settings.loraRank));
      stored =
          own.stream()
              .filter(
                  weight ->
                      ControlBranch.trainedWithLora(
                          weight.name().substring(BRANCH_PREFIX.length())))
              .toList();
    }
    return new TrainedPart("branch", stored, architecture);
  }

  /** The blocks, for tests. */
  Block denoiser() {
    return denoiser;
  }
}
