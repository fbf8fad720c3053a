package maestro.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.Sampler;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.score.Score;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.graph.FilmEncoding.Eye;
import maestro.graph.FilmEncoding.Seen;
import maestro.graph.Job.Kept;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes scores: checks a recipe as a whole, takes its plugins, and runs the graph of stages (paper,
 * figure 2):
 *
 * <pre>
 * film -> frames -> encoders -> fusion -> condition --+
 * style or film -> controls --------------------------+-> sampler <-> predictor -> latent -> mel -> sound -> file
 * noise ----------------------------------------------+
 * </pre>
 *
 * <p>Each stage's result is kept under the digest of all it depends on, so a second run computes
 * only what changed. A score longer than the model's window is made of windows (see {@link
 * Windows}); window w draws from the seed plus w·0x9E3779B97F4A7C15, so that the first window of a
 * long score is the score of a short one. Thread-safe. The framework property {@code
 * maestro.cache.bytes} limits the cache; 4 GiB when it is not set.
 */
@Component(service = GenerationGraph.class)
public final class GenerationGraph {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationGraph.class);
  private static final long WINDOW_SEED = 0x9E3779B97F4A7C15L;
  private static final long DEFAULT_CACHE_BYTES = 4L << 30;
  private static final Set<String> FILM_ENDINGS = Set.of("mp4", "m4v", "mov", "mkv");

  private static final int FUSION_VERSION = 1;
  private static final int LATENT_VERSION = 1;
  private static final int MEL_VERSION = 1;
  private static final int SOUND_VERSION = 1;

  private final PluginRegistry registry;
  private final PackRepository packs;
  private final MediaReader reader;
  private final MediaWriter writer;
  private final StageCache cache;
  private final Path home;
  private final Path jobs;
  private final String build;

  /** A graph in the host: keeps its cache and diaries in the host's home folder. */
  @Activate
  public GenerationGraph(
      BundleContext context,
      @Reference PluginRegistry registry,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          PackRepository packs,
      @Reference MediaReader reader,
      @Reference MediaWriter writer) {
    this(
        registry,
        packs,
        reader,
        writer,
        Home.of(context),
        Home.number(context, "maestro.cache.bytes", DEFAULT_CACHE_BYTES),
        context.getBundle().getVersion().toString());
  }

  /**
   * A graph anywhere.
   *
   * @param packs null when there are none
   * @param home holds {@code cache/stages} and {@code jobs}
   * @param cacheBytes limit of the cache
   * @param build version of Maestro, for manifests
   */
  public GenerationGraph(
      PluginRegistry registry,
      PackRepository packs,
      MediaReader reader,
      MediaWriter writer,
      Path home,
      long cacheBytes,
      String build) {
    this.registry = registry;
    this.packs = packs;
    this.reader = reader;
    this.writer = writer;
    this.cache = new StageCache(home.resolve("cache").resolve("stages"), cacheBytes);
    this.home = home;
    this.jobs = home.resolve("jobs");
    this.build = build;
    int swept = Journal.sweep(jobs);
    if (swept > 0) {
      LOG.info("jobs: cleared up after {} that did not end; their finished stages are kept", swept);
    }
  }

  /**
   * Checks a recipe without running it.
   *
   * @return one sentence for each optional bundle that would be left out
   * @throws RecipeProblems or another MaestroException of kind CONFIGURATION when it cannot run
   */
  public List<String> check(ResolvedRecipe recipe) {
    return new RecipeChecker(registry, packs).check(recipe).dropped();
  }

  /** The same graph without its cache: every stage is computed, and none is kept. */
  public GenerationGraph uncached() {
    return new GenerationGraph(registry, packs, reader, writer, home, 0, build);
  }

  /** The cache of this graph. */
  public StageCache cache() {
    return cache;
  }

  /**
   * Scores a film.
   *
   * @param request what and how
   * @param observer watches, and can cancel within one step
   * @throws MaestroException when it cannot be done or was cancelled; nothing is left under the
   *     output's name then
   */
  public ScoreResult score(ScoreRequest request, RunObserver observer) {
    request.output().ifPresent(output -> checkOutput(output, request));
    RecipeChecker.Plan plan = new RecipeChecker(registry, packs).check(request.recipe());
    FilmClip clip = reader.probe(request.film());
    request
        .output()
        .filter(output -> !ending(output).equals("wav"))
        .ifPresent(output -> writer.check(output, clip));
    Recipe recipe = request.recipe().recipe();
    try (Journal journal =
            request.output().isPresent()
                ? Journal.begin(jobs, recipe.name(), request.recipe().digest())
                : Journal.none();
        Leases leases = new Leases(registry, plan, recipe.device())) {
      try {
        Steering.check(request, plan, leases);
        Job job = new Job(cache, observer, journal, Device.parse(recipe.device()), plan.pack());
        return new Run(request, plan, leases, job, clip).score(journal);
      } catch (RuntimeException | Error e) {
        journal.failed(e);
        if (observer.cancelled()
            && !(e instanceof MaestroException known && known.kind() == Kind.CANCELLED)) {
          // The process may be going down already, and native engines with it: what they say then
          // is not the cause.
          throw new MaestroException(
              Kind.CANCELLED,
              recipe.name(),
              "cancelled",
              "run it again to continue from the stages that are done",
              e);
        }
        throw e;
      }
    }
  }

  /**
   * Looks at a film with the encoders of a recipe and does nothing else.
   *
   * @return by encoder name, in the recipe's order; an optional encoder whose weights are missing
   *     is left out
   */
  public FilmFeatures features(ResolvedRecipe recipe, Path film, RunObserver observer) {
    return features(recipe, film, List.of(part(recipe.recipe())), observer).get(0);
  }

  /**
   * Looks at pieces of a film, each by itself, as {@link #features(ResolvedRecipe, Path,
   * RunObserver)} does when the recipe asks for that piece.
   *
   * @param pieces in any order; they may overlap
   * @return what was seen in each piece
   */
  public List<FilmFeatures> features(
      ResolvedRecipe recipe, Path film, List<Span> pieces, RunObserver observer) {
    RecipeChecker.Plan plan = new RecipeChecker(registry, packs).checkEncoders(recipe);
    FilmClip clip = reader.probe(film);
    try (Journal journal = Journal.none();
        Leases leases = new Leases(registry, plan, recipe.recipe().device())) {
      Job job =
          new Job(cache, observer, journal, Device.parse(recipe.recipe().device()), plan.pack());
      List<Eye> eyes = eyes(plan, leases, recipe.recipe());
      job.expect(eyes.size() * pieces.size());
      FilmEncoding encoding = new FilmEncoding(reader, job, new Noise(recipe.recipe().seed()));
      List<FilmFeatures> all = new ArrayList<>();
      for (Span piece : pieces) {
        Map<String, FilmFeature> features = new LinkedHashMap<>();
        Map<String, String> fingerprints = new LinkedHashMap<>();
        encoding
            .encode(clip, List.of(piece), eyes)
            .get(0)
            .forEach(
                (name, seen) -> {
                  features.put(name, seen.feature());
                  fingerprints.put(name, seen.fingerprint());
                });
        all.add(new FilmFeatures(clip, features, fingerprints, job.remarks()));
      }
      return all;
    }
  }

  /**
   * Sends music through the autoencoder and the vocoder of a recipe and through nothing else. What
   * is left of it is the best that the recipe's other parts could reach. Nothing is kept in the
   * cache.
   *
   * @param mel the music, 100 frames a second
   * @return as long as the mel
   */
  public Sound reconstruct(ResolvedRecipe recipe, Mel mel, RunObserver observer) {
    RecipeChecker.Plan plan = new RecipeChecker(registry, packs).check(recipe);
    Recipe asked = recipe.recipe();
    double seconds = (double) mel.frames() / Windows.FRAMES_PER_SECOND;
    Windows windows = Windows.of(0, seconds, true, asked.melFrames(), 0);
    SingleRun run =
        new SingleRun(
            "reconstruction",
            Device.parse(asked.device()),
            new Noise(asked.seed()),
            plan.pack(),
            observer);
    try (Leases leases = new Leases(registry, plan, asked.device());
        LatentModel.Session model =
            leases.service(LatentModel.class, plan.one(LatentModel.class)).open(run)) {
      Vocoder vocoder = leases.service(Vocoder.class, plan.one(Vocoder.class));
      List<Sound> sounds = new ArrayList<>();
      for (int w = 0; w < windows.count(); w++) {
        run.checkCancelled();
        Mel decoded = model.decode(model.encode(windows.part(mel, w)));
        sounds.add(vocoder.vocode(decoded, run));
      }
      return windows.join(sounds, seconds);
    }
  }

  /**
   * The fingerprints {@link #features} would give a film, without looking at it.
   *
   * @return by encoder name
   */
  public Map<String, String> fingerprints(ResolvedRecipe recipe, FilmClip clip) {
    RecipeChecker.Plan plan = new RecipeChecker(registry, packs).checkEncoders(recipe);
    try (Leases leases = new Leases(registry, plan, recipe.recipe().device())) {
      Map<String, String> fingerprints = new LinkedHashMap<>();
      for (Eye eye : eyes(plan, leases, recipe.recipe())) {
        fingerprints.put(eye.name(), FilmEncoding.fingerprint(eye, clip, part(recipe.recipe())));
      }
      return fingerprints;
    }
  }

  private static Span part(Recipe recipe) {
    return new Span(
        recipe.startSeconds(),
        recipe.durationSeconds() == null
            ? Double.POSITIVE_INFINITY
            : recipe.startSeconds() + recipe.durationSeconds());
  }

  private static List<Eye> eyes(RecipeChecker.Plan plan, Leases leases, Recipe recipe) {
    List<Eye> eyes = new ArrayList<>();
    for (RecipeChecker.Part part : plan.of(VisualEncoder.class)) {
      eyes.add(
          new Eye(
              part.entry().id(),
              leases.service(VisualEncoder.class, part),
              leases.identity(part) + " on " + recipe.device(),
              part.entry().mayBeMissing()));
    }
    return eyes;
  }

  private static void checkOutput(Path output, ScoreRequest request) {
    String ending = ending(output);
    String name = String.valueOf(output.getFileName());
    double start = request.recipe().recipe().startSeconds();
    if (FILM_ENDINGS.contains(ending) && start > 0) {
      throw new MaestroException(
          Kind.USAGE,
          name,
          "a film keeps its beginning and the score would start at " + start + " s",
          "write a .wav, or leave startSeconds out");
    }
    if (!ending.equals("wav") && !FILM_ENDINGS.contains(ending)) {
      throw new MaestroException(
          Kind.USAGE,
          name,
          "cannot tell what to write from its ending",
          "end it in .wav, .mp4, .m4v, .mov or .mkv");
    }
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new MaestroException(
          Kind.INPUT, name, "there is no folder " + folder, "create it first");
    }
    if (Files.isDirectory(output)) {
      throw new MaestroException(Kind.INPUT, name, "it is a folder", "give a file");
    }
    List<Path> sources = new ArrayList<>(List.of(request.film()));
    request.style().ifPresent(sources::add);
    for (Path source : sources) {
      try {
        if (Files.exists(output) && Files.exists(source) && Files.isSameFile(output, source)) {
          throw new MaestroException(
              Kind.USAGE, name, "it would overwrite its own source", "choose another name");
        }
      } catch (IOException e) {
        throw new MaestroException(
            Kind.INPUT, name, "it cannot be looked at", "check the folder's permissions", e);
      }
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** One run of the graph. */
  private final class Run {
    private final ScoreRequest request;
    private final Recipe recipe;
    private final RecipeChecker.Plan plan;
    private final Leases leases;
    private final Job job;
    private final FilmClip clip;
    private final Windows windows;
    private final Noise noise;
    private final double seconds;
    private OpenModel model;

    Run(ScoreRequest request, RecipeChecker.Plan plan, Leases leases, Job job, FilmClip clip) {
      this.request = request;
      this.recipe = request.recipe().recipe();
      this.plan = plan;
      this.leases = leases;
      this.job = job;
      this.clip = clip;
      this.noise = new Noise(recipe.seed());
      double rest = clip.durationSeconds() - recipe.startSeconds();
      if (rest <= 0) {
        throw new MaestroException(
            Kind.INPUT,
            "recipe " + recipe.name(),
            "startSeconds is "
                + recipe.startSeconds()
                + ", the film lasts "
                + clip.durationSeconds()
                + " s",
            "begin earlier");
      }
      boolean toTheEnd = recipe.durationSeconds() == null || recipe.durationSeconds() >= rest;
      this.seconds = toTheEnd ? rest : recipe.durationSeconds();
      this.windows =
          Windows.of(
              recipe.startSeconds(),
              seconds,
              toTheEnd,
              recipe.melFrames(),
              recipe.crossFadeSeconds());
    }

    ScoreResult score(Journal journal) {
      int encoders = plan.of(VisualEncoder.class).size();
      int controls = plan.of(StyleControl.class).size();
      int file = request.output().isPresent() ? 1 : 0;
      job.expect(windows.count() * (encoders + 4) + controls + file);
      plan.pack()
          .filter(ModelPack::untrained)
          .ifPresent(
              pack ->
                  job.remark(
                      "pack " + pack.name() + " is untrained: its weights were filled by rule"));
      plan.dropped().forEach(job::remark);

      List<Map<String, Seen>> features =
          new FilmEncoding(reader, job, noise)
              .encode(clip, windows.spans(), eyes(plan, leases, recipe));
      List<Kept<FilmCondition>> conditions = conditions(features);
      Steering steering = new Steering(reader, recipe, plan, leases, job, windows);
      Optional<Manifest.Source> style =
          request
              .style()
              .map(
                  heard ->
                      new Manifest.Source(heard.getFileName().toString(), FileDigest.of(heard)));
      Map<String, Kept<ControlSignal>> steered =
          style
              .map(piece -> steering.hear(request.style().orElseThrow(), piece.digest()))
              .orElseGet(() -> steering.draw(features));
      List<Sound> sounds = new ArrayList<>();
      try {
        for (int w = 0; w < windows.count(); w++) {
          sounds.add(window(w, conditions.get(w), steered));
        }
      } finally {
        if (model != null) {
          model.session.close();
        }
      }
      Sound sound = windows.join(sounds, seconds);
      List<Map<String, Double>> weights =
          conditions.stream().map(c -> c.value().weights()).toList();
      Provenance provenance = provenance(style, weights);
      request.output().ifPresent(output -> write(output, sound, provenance, journal));
      return new ScoreResult(
          new Score(sound, provenance),
          clip,
          windows.count(),
          average(weights),
          job.remarks(),
          job.begun(),
          job.computed());
    }

    /** film -> encoders -> fusion, for each window. */
    private List<Kept<FilmCondition>> conditions(List<Map<String, Seen>> features) {
      RecipeChecker.Part part = plan.one(FeatureFusion.class);
      FeatureFusion fusion = leases.service(FeatureFusion.class, part);
      List<Kept<FilmCondition>> conditions = new ArrayList<>();
      for (Map<String, Seen> seen : features) {
        if (seen.isEmpty()) {
          throw new MaestroException(
              Kind.CONFIGURATION,
              "recipe " + recipe.name(),
              "no encoder is left: " + String.join(" ", job.remarks()),
              "add one that needs no weights, such as encoder.cinematic");
        }
        Fingerprint fingerprint = leases.fingerprint("condition", FUSION_VERSION, part);
        Map<String, FilmFeature> byName = new LinkedHashMap<>();
        seen.forEach(
            (name, one) -> {
              fingerprint.with(name).with(one.fingerprint());
              byName.put(name, one.feature());
            });
        conditions.add(
            job.kept(
                part.entry().id(),
                fingerprint,
                Codec.CONDITION,
                run -> fusion.fuse(byName, run),
                noise));
      }
      return conditions;
    }

    /** noise, condition and controls -> latent -> mel -> sound. */
    private Sound window(
        int w, Kept<FilmCondition> condition, Map<String, Kept<ControlSignal>> controls) {
      Noise own = new Noise(recipe.seed() + w * WINDOW_SEED);
      String label = windows.count() == 1 ? "" : ", window " + (w + 1) + " of " + windows.count();
      RecipeChecker.Part modelPart = plan.one(LatentModel.class);
      RecipeChecker.Part samplerPart = plan.one(Sampler.class);
      RecipeChecker.Part vocoderPart = plan.one(Vocoder.class);

      Fingerprint latentPrint =
          leases
              .fingerprint("latent", LATENT_VERSION, samplerPart)
              .with(leases.identity(modelPart))
              .with(condition.fingerprint())
              .with(recipe.guidanceScale())
              .with(windows.frames())
              .with(w)
              .with(Long.toString(own.seed()))
              .with(Long.toString(noise.seed()));
      controls.forEach((name, control) -> latentPrint.with(name).with(control.fingerprint()));
      Kept<Latent> latent =
          job.kept(
              samplerPart.entry().id() + label,
              latentPrint,
              Codec.LATENT,
              run -> sample(run, w, condition.value(), controls),
              own);
      Kept<Mel> mel =
          job.kept(
              modelPart.entry().id() + label,
              leases.fingerprint("mel", MEL_VERSION, modelPart).with(latent.fingerprint()),
              Codec.MEL,
              run -> open(run).session.decode(latent.value()),
              own);
      Vocoder vocoder = leases.service(Vocoder.class, vocoderPart);
      return job.kept(
              vocoderPart.entry().id() + label,
              leases.fingerprint("sound", SOUND_VERSION, vocoderPart).with(mel.fingerprint()),
              Codec.SOUND,
              run -> vocoder.vocode(mel.value(), run),
              own)
          .value();
    }

    private Latent sample(
        RunContext run, int w, FilmCondition condition, Map<String, Kept<ControlSignal>> controls) {
      LatentModel.Session session = open(run).session;
      String id = plan.one(LatentModel.class).entry().id();
      if (condition.vector().length != session.conditionWidth()) {
        throw new MaestroException(
            Kind.CONFIGURATION,
            plan.one(FeatureFusion.class).entry().id(),
            "it gives "
                + condition.vector().length
                + " values and "
                + id
                + " wants "
                + session.conditionWidth(),
            "use a fusion and a pack that belong together");
      }
      Map<String, ControlSignal> parts = new TreeMap<>();
      controls.forEach(
          (name, control) -> {
            if (!session.controls().containsKey(name)) {
              throw new MaestroException(
                  Kind.CONFIGURATION,
                  "control." + name,
                  id
                      + " was made for "
                      + (session.controls().isEmpty()
                          ? "no control"
                          : "the controls " + String.join(", ", session.controls().keySet())),
                  "take control." + name + " out, or use a pack with a branch for it");
            }
            parts.put(name, windows.part(control.value(), w));
          });
      Sampler sampler = leases.service(Sampler.class, plan.one(Sampler.class));
      NoisePredictor predictor = session.predictor(condition, parts, recipe.guidanceScale());
      NoisePredictor cancellable =
          (latent, timestep) -> {
            run.checkCancelled();
            return predictor.predict(latent, timestep);
          };
      Latent shape = session.shape(windows.frames());
      Latent start = shape.with(run.noise().gaussian("latent", shape.values().length));
      return sampler.sample(start, cancellable, session.schedule(), run);
    }

    /**
     * Opens the model once; what it has to say goes to every stage that needs it, so that it is
     * kept with each.
     */
    private OpenModel open(RunContext run) {
      if (model == null) {
        List<String> said = new ArrayList<>();
        RunContext opening = new OpeningContext(run, noise, said);
        model =
            new OpenModel(
                leases.service(LatentModel.class, plan.one(LatentModel.class)).open(opening), said);
      }
      model.said.forEach(run::remark);
      return model;
    }

    private Provenance provenance(
        Optional<Manifest.Source> style, List<Map<String, Double>> weights) {
      Manifest.Writer manifest =
          new Manifest.Writer(build, request.recipe())
              .with(
                  "film", new Manifest.Source(clip.file().getFileName().toString(), clip.digest()));
      style.ifPresent(source -> manifest.with("style", source));
      manifest.with("plugins", leases.descriptions());
      plan.pack().ifPresent(pack -> manifest.with("pack", Manifest.pack(pack)));
      return manifest
          .with("seconds", seconds)
          .with("windows", Manifest.windows(windows, weights))
          .with("remarks", job.remarks())
          .provenance();
    }

    private void write(Path output, Sound sound, Provenance provenance, Journal journal) {
      Job.Context context = job.begin(output.getFileName().toString(), noise);
      Path growing = journal.growing(output);
      if (ending(output).equals("wav")) {
        writer.wav(growing, sound, provenance);
      } else {
        writer.film(growing, clip, sound, provenance);
      }
      context.checkCancelled();
      journal.finish(growing, output);
      context.done();
    }

    private static Map<String, Double> average(List<Map<String, Double>> weights) {
      Map<String, Double> sums = new TreeMap<>();
      weights.forEach(one -> one.forEach((name, share) -> sums.merge(name, share, Double::sum)));
      sums.replaceAll((name, sum) -> sum / weights.size());
      return sums;
    }
  }

  /** The latent model of a run. */
  private record OpenModel(LatentModel.Session session, List<String> said) {}
}
