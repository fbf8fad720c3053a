package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.latent.NoiseSchedule;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Weight;
import maestro.latent.vmunet.ControlBranch;
import maestro.latent.vmunet.ControlConfig;
import maestro.latent.vmunet.Denoiser;
import maestro.latent.vmunet.HeadRule;
import maestro.latent.vmunet.UNet;
import maestro.latent.vmunet.UNetConfig;
import maestro.latent.vmunet.VaeConfig;
import maestro.networks.Laff;
import maestro.training.Draw;
import maestro.training.ForwardPass;
import maestro.training.Parts;
import maestro.training.Phase;
import maestro.training.Sample;
import maestro.training.TrainedPart;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * VM-UNet, fusion and S-Control Branch in training.
 *
 * <p>Loss of an example (paper, section 4.1): t uniform in 0 … 999, ε standard normal, the mean
 * square of ε − ε_θ(z_t, t, c), weighted where the settings say so, with z a draw from the VAE's
 * posterior times the scale factor. Controls are heard in the target itself.
 */
final class DiffusionSession implements TrainingSession {
  private static final Logger LOG = LoggerFactory.getLogger(DiffusionSession.class);
  private static final String DENOISER = "denoiser";
  private static final String LAFF = "fusion.laff";
  private static final String BRANCH_PREFIX = Denoiser.BRANCH + ".";

  private final TrainingContext context;
  private final DiffusionSettings settings;
  private final UNetConfig unetConfig;
  private final ControlBranch branch; // null without
  private final Denoiser denoiser;
  private final Conditions conditions;
  private final Laff laff;
  private final ForwardPass training;
  private final ForwardPass use;
  private final ForwardPass decoder;
  private final int compression;
  private final NoiseSchedule schedule = NoiseSchedule.audioLdm();
  private final ForwardProcess forward = new ForwardProcess(schedule);
  private final Examples.Source source;
  private final List<Corpus.Piece> validation;

  /** Parameters that the pack had no weights for. */
  private final List<String> left = new ArrayList<>();

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
    PackVae packVae = new PackVae(context, vaePart);
    VaeConfig vae = packVae.config();
    decoder = packVae.decoder();
    compression = vae.compression();
    unetConfig =
        new UNetConfig(
            vae.latentChannels(),
            settings.modelChannels,
            settings.multipliers,
            settings.resBlocks,
            settings.attentionLevels,
            HeadRule.channelsPerHead(settings.headChannels),
            settings.filmWidth,
            settings.videoConditioning);
    if (settings.frames < 1 || settings.frames % (compression * unetConfig.multiple()) != 0) {
      throw refused(
          "frames is " + settings.frames,
          "make it a multiple of " + compression * unetConfig.multiple());
    }
    settings.check(context.films().isPresent());
    Map<String, Integer> channels = new TreeMap<>(); // sorted, as a pack's reader sums them
    context.corpus().controls().forEach((name, control) -> channels.put(name, control.channels()));
    if (settings.trains != DiffusionSettings.Trains.UNET && channels.isEmpty()) {
      throw refused("the recipe names no controls for the branch", "name some");
    }
    UNet unet = new UNet(unetConfig);
    branch =
        settings.trains == DiffusionSettings.Trains.UNET
            ? null
            : new ControlBranch(
                unetConfig,
                new ControlConfig(channels, settings.preWidths, ControlConfig.Injection.LEVELS));
    denoiser = branch == null ? new Denoiser(unet) : new Denoiser(unet, branch);
    if (settings.trains == DiffusionSettings.Trains.ALL) {
      branch.open();
    }
    if (branch != null && settings.loraRank > 0) {
      branch.attachLora(settings.loraRank, settings.loraRank);
    }
    conditions =
        context
            .films()
            .<Conditions>map(films -> new FilmConditions(films, compression))
            .orElseGet(
                () ->
                    MusicConditions.of(
                        context.corpus(), pack.part(LAFF), settings.frames, compression));
    laff =
        new Laff(laffBranches(), new Laff.Form(settings.filmWidth, 1, false, settings.normalise));
    denoiser.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    laff.initialize(context.manager(), DataType.FLOAT32, new Shape(1));
    start(pack);
    ConditionedDenoiser conditioned =
        new ConditionedDenoiser(laff, denoiser, laffBranches().size());
    training = context.training("latent-diffusion", new DiffusionLoss(conditioned), "loss");
    use = context.use("latent-diffusion", conditioned, "epsilon");

    source =
        new Examples.Source(
            packVae.latents(),
            ((Number) vaePart.architecture().getOrDefault("scaleFactor", 1)).doubleValue(),
            new int[] {
              vae.latentChannels(), settings.frames / compression, PackVae.BANDS / compression
            },
            conditions,
            composers(pack),
            branch == null ? Map.of() : controls(channels),
            settings.frames);
    validation = conditions.pieces("val", settings.validationPieces);
  }

  private Composers composers(ModelPack pack) {
    return settings.composers
        ? pack.part(LAFF).flatMap(Composers::of).orElseGet(() -> Composers.of(context.corpus()))
        : new Composers(List.of());
  }

  private Map<String, Examples.Control> controls(Map<String, Integer> channels) {
    Map<String, Examples.Control> controls = new LinkedHashMap<>();
    channels.forEach(
        (name, count) ->
            controls.put(
                name,
                new Examples.Control(
                    context.corpus().controls().get(name),
                    ControlScale.of(context.corpus(), name, count, settings.frames))));
    return controls;
  }

  private List<Laff.Branch> laffBranches() {
    List<Laff.Branch> branches = new ArrayList<>();
    conditions.encoders().forEach((encoder, width) -> branches.add(Laff.Branch.of(encoder, width)));
    if (settings.composers) {
      branches.add(Laff.Branch.of(Composers.ENCODER, Composers.WIDTH));
    }
    return branches;
  }

  /** First values from the pack, and what is not to be trained. */
  private void start(ModelPack pack) {
    boolean frozen = settings.trains == DiffusionSettings.Trains.BRANCH;
    if (pack.part(DENOISER).isEmpty() || !settings.fromPack) {
      if (frozen) {
        throw refused(
            "there is no denoiser to train a branch for",
            "train one first with trains UNET, and take it fromPack");
      }
      return;
    }
    Map<String, Weight> weights = new LinkedHashMap<>(PackVae.weights(pack.part(DENOISER).get()));
    if (branch != null) { // a branch begins as a copy
      pack.part("branch").ifPresent(part -> weights.putAll(PackVae.weights(part)));
      new LinkedHashMap<>(weights)
          .forEach(
              (name, weight) ->
                  weights.putIfAbsent(BRANCH_PREFIX + name, weight.named(BRANCH_PREFIX + name)));
    }
    left.addAll(Parts.fill(denoiser, weights));
    pack.part(LAFF).ifPresent(part -> left.addAll(Parts.fill(laff, PackVae.weights(part))));
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

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION, "training latent-diffusion", cause, next);
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
    Examples examples = new Examples(source, batch);
    int[] timesteps = new int[batch];
    for (int i = 0; i < batch; i++) {
      timesteps[i] = (int) (time[i] * schedule.timesteps());
      int controls = source.controls().size();
      List<Boolean> kept =
          ControlDropping.kept(draw.uniform("controls." + i, 1 + controls), controls);
      examples.put(
          i,
          conditions.piece("train", at[i]),
          keep[i] >= settings.conditionDropping,
          keepComposer[i] >= settings.composerDropping,
          kept);
      dropSpans(draw, examples, i);
    }
    examples.blurAffect(draw, settings.affectNoise);
    NDArray epsilon = ForwardProcess.noise(draw, settings.noiseOffset, examples.latentShape());
    float[] posterior = draw.gaussian("posterior", examples.latentShape()).toFloatArray();
    NDArray z = draw.array(examples.latents(posterior), examples.latentShape());
    NDList inputs =
        new NDList(epsilon, forward.weights(draw, timesteps, settings.noiseWeightLimit));
    inputs.addAll(inputs(draw, examples, forward.noised(draw, z, epsilon, timesteps), timesteps));
    return training.run(store, inputs).get(0);
  }

  private void dropSpans(Draw draw, Examples examples, int i) {
    if (settings.spanDropping > 0) {
      double[] uniform = draw.uniform("spans." + i, 3 * source.controls().size());
      int at = 0;
      for (String control : source.controls().keySet()) {
        double[] own = Arrays.copyOfRange(uniform, at, at += 3);
        examples.drop(
            i, control, ControlDropping.span(own, settings.spanDropping, settings.frames));
      }
    }
  }

  /** What {@link ConditionedDenoiser} takes. */
  private NDList inputs(Draw draw, Examples examples, NDArray noisy, int[] timesteps) {
    float[] steps = new float[timesteps.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = timesteps[i];
    }
    int batch = examples.batch();
    NDList inputs =
        new NDList(noisy, draw.array(steps, batch), draw.array(examples.kept(), batch, 1));
    for (float[] feature : examples.features()) {
      inputs.add(draw.array(feature, batch, feature.length / batch));
    }
    if (settings.composers) {
      inputs.add(draw.array(examples.composer(), batch, Composers.WIDTH));
    }
    source
        .controls()
        .forEach(
            (name, control) ->
                inputs.add(
                    draw.array(
                        examples.control(name), batch, control.channels(), settings.frames, 1)));
    return inputs;
  }

  @Override
  public Map<String, Double> validate(Progress progress) {
    return new DiffusionValidation(
            context, settings, source, forward, this::predictedWithoutTraining, validation)
        .figures(branch != null, progress);
  }

  private NDArray predictedWithoutTraining(
      Draw draw, Examples examples, NDArray noisy, int[] timesteps) {
    return use.run(
            new ParameterStore(draw.manager(), false), inputs(draw, examples, noisy, timesteps))
        .get(0);
  }

  @Override
  public List<Sample> samples() {
    DiffusionSamples samples =
        new DiffusionSamples(context, source, decoder, this::predictedWithoutTraining);
    return samples.of(validation);
  }

  @Override
  public List<TrainedPart> parts() {
    return new DiffusionParts(unetConfig, settings, source).of(denoiser, laff);
  }

  /** Names of the parameters that the pack had no weights for; empty without a denoiser in it. */
  List<String> leftAtFirstValues() {
    return List.copyOf(left);
  }

  @Override
  public void close() {
    training.close();
    use.close();
    decoder.close();
  }

  /** The blocks, for tests. */
  Block denoiser() {
    return denoiser;
  }
}
