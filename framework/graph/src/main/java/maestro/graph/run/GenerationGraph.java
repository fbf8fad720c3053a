package maestro.graph.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.node.Kind;
import maestro.api.node.Kinds;
import maestro.api.node.Role;
import maestro.api.node.Timing;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Device;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.files.Home;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Planner;
import maestro.graph.recipe.Recipe;
import maestro.graph.recipe.RecipeProblems;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.store.StageCache;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes scores: plans a recipe as a whole, takes its plugins, and runs the graph of nodes that it
 * comes to. For the paper's own parts that is figure 2:
 *
 * <pre>
 * film -> encoders -> fusion -> condition --+
 * style or film -> controls ----------------+-> denoiser -> sampler -> latent -> mel -> sound -> file
 * noise ------------------------------------+
 * </pre>
 *
 * <p>Each value is kept under the digest of all it depends on, so a second run makes only what
 * changed. A score longer than the model's window is made of windows (see {@link Timing}). The
 * first window of a long score is the score of a short one. Thread-safe. The framework property
 * {@code maestro.cache.bytes} limits the cache, 4 GiB when it is not set; {@code
 * maestro.graph.threads} says how many nodes may run at once, 2 when it is not set.
 */
@Component(service = GenerationGraph.class)
public final class GenerationGraph {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationGraph.class);
  private static final long DEFAULT_CACHE_BYTES = 4L << 30;
  private static final Role.Given ANYTHING = new Role.Given(false, Set.of(), false);
  private static final List<Kind<?>> SCORE = List.of(Kinds.SOUND);
  private static final List<Kind<?>> FEATURES = List.of(Kinds.FEATURE);

  private final PluginRegistry registry;
  private final PackRepository packs;
  private final Roles roles;
  private final MediaReader reader;
  private final MediaWriter writer;
  private final StageCache cache;
  private final Path home;
  private final String build;
  private final int threads;
  private final Map<String, Double> durations = new ConcurrentHashMap<>();

  /** A graph in the host: keeps its cache and journals in the host's home folder. */
  @Activate
  public GenerationGraph(
      BundleContext context,
      @Reference PluginRegistry registry,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          PackRepository packs,
      @Reference Roles roles,
      @Reference MediaReader reader,
      @Reference MediaWriter writer) {
    this(
        registry,
        packs,
        roles,
        reader,
        writer,
        Home.of(context),
        new StageCache(
            stages(Home.of(context)),
            Home.number(context, "maestro.cache.bytes", DEFAULT_CACHE_BYTES)),
        Home.build(context),
        (int) Math.max(1, Math.min(64, Home.number(context, "maestro.graph.threads", 2))));
    int swept = Journal.sweep(home.resolve("jobs"));
    if (swept > 0) {
      LOG.info("jobs: cleared up after {} that did not end; their finished stages are kept", swept);
    }
  }

  /**
   * A graph anywhere.
   *
   * @param packs null when there are none
   * @param roles the kinds of plugins that can take part
   * @param home holds {@code cache/stages} and {@code jobs}
   * @param cacheBytes limit of the cache
   * @param build version of Maestro, for manifests
   */
  public GenerationGraph(
      PluginRegistry registry,
      PackRepository packs,
      List<Role<?>> roles,
      MediaReader reader,
      MediaWriter writer,
      Path home,
      long cacheBytes,
      String build) {
    this(
        registry,
        packs,
        new Roles(roles),
        reader,
        writer,
        home,
        new StageCache(stages(home), cacheBytes),
        build,
        2);
    Journal.sweep(home.resolve("jobs"));
  }

  private GenerationGraph(
      PluginRegistry registry,
      PackRepository packs,
      Roles roles,
      MediaReader reader,
      MediaWriter writer,
      Path home,
      StageCache cache,
      String build,
      int threads) {
    this.registry = registry;
    this.packs = packs;
    this.roles = roles;
    this.reader = reader;
    this.writer = writer;
    this.home = home;
    this.cache = cache;
    this.build = build;
    this.threads = threads;
  }

  private static Path stages(Path home) {
    return home.resolve("cache").resolve("stages");
  }

  /**
   * Checks a recipe without running it.
   *
   * @return one sentence for each optional bundle that would be left out
   * @throws RecipeProblems or another MaestroException of kind CONFIGURATION when it cannot run
   */
  public List<String> check(ResolvedRecipe recipe) {
    try (Plan plan = plan(recipe, ANYTHING, Map.of(), SCORE)) {
      return plan.dropped();
    }
  }

  /**
   * What a recipe comes to, without running it.
   *
   * @param film a film whose values are looked for in the cache; empty for none
   * @param style a style piece, likewise
   * @throws RecipeProblems or another MaestroException of kind CONFIGURATION when it cannot run
   */
  public PlanView plan(ResolvedRecipe recipe, Optional<Path> film, Optional<Path> style) {
    Role.Given given =
        film.isEmpty() ? ANYTHING : new Role.Given(style.isPresent(), Set.of(), true);
    try (Plan plan = plan(recipe, given, Map.of(), SCORE)) {
      if (film.isEmpty()) {
        return Plans.view(recipe.recipe().name(), plan, Optional.empty(), cache);
      }
      FilmClip clip = reader.probe(film.get());
      ScoreRequest request = new ScoreRequest(recipe, film.get(), style, Optional.empty());
      Job job = job(RunObserver.NOBODY, Journal.none(), recipe.recipe());
      ScoreRun run =
          new ScoreRun(request, plan, job, clip, reader, writer, registry, build, threads);
      try (Runner runner = run.runner()) {
        return Plans.view(recipe.recipe().name(), plan, Optional.of(runner), cache);
      }
    }
  }

  /** The same graph without its cache: every value is made, and none is kept. */
  public GenerationGraph uncached() {
    return new GenerationGraph(
        registry, packs, roles, reader, writer, home, cache.without(), build, threads);
  }

  /** The cache of this graph. */
  public StageCache cache() {
    return cache;
  }

  private Plan plan(
      ResolvedRecipe recipe, Role.Given given, Map<String, String> without, List<Kind<?>> wanted) {
    return new Planner(registry, packs, roles.all()).plan(recipe, given, without, wanted);
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
    request.output().ifPresent(output -> Outputs.check(output, request));
    Map<String, String> without = new LinkedHashMap<>();
    while (true) {
      try {
        return score(request, observer, without);
      } catch (FilmPass.LeftOut e) {
        without.put(e.id(), e.id() + " left out: " + e.getMessage());
      }
    }
  }

  private ScoreResult score(
      ScoreRequest request, RunObserver observer, Map<String, String> without) {
    Recipe recipe = request.recipe().recipe();
    Role.Given given = new Role.Given(request.style().isPresent(), request.curves().keySet(), true);
    try (Plan plan = plan(request.recipe(), given, without, SCORE)) {
      if (request.style().isPresent() && !plan.nodes().containsKey(Kinds.STYLE.name())) {
        throw new MaestroException(
            MaestroException.Kind.USAGE,
            "recipe " + recipe.name(),
            "it has no style control to hear the style piece with",
            "add a control to it; see 'maestro bundles list'");
      }
      FilmClip clip = reader.probe(request.film());
      List<String> foreseen =
          request.output().map(output -> writer.foresee(output, clip)).orElse(List.of());
      try (Journal journal =
          request.output().isPresent()
              ? Journal.begin(home.resolve("jobs"), recipe.name(), request.recipe().digest())
              : Journal.none()) {
        try {
          Job job = job(observer, journal, recipe);
          plan.pack()
              .filter(ModelPack::untrained)
              .ifPresent(
                  pack ->
                      job.remark(
                          "pack "
                              + pack.name()
                              + " is untrained: its weights were filled by rule"));
          plan.dropped().forEach(job::remark);
          foreseen.forEach(job::remark);
          return new ScoreRun(request, plan, job, clip, reader, writer, registry, build, threads)
              .run(journal);
        } catch (RuntimeException | Error e) {
          journal.failed(e);
          if (observer.cancelled()) {
            throw Job.cancelled(recipe.name(), e);
          }
          throw e;
        }
      }
    }
  }

  private Job job(RunObserver observer, Journal journal, Recipe recipe) {
    return job(cache, observer, journal, recipe);
  }

  private Job job(StageCache kept, RunObserver observer, Journal journal, Recipe recipe) {
    return new Job(
        kept, observer, journal, Device.parse(recipe.device()), new Durations(durations));
  }

  /**
   * Looks at a film with the encoders of a recipe and does nothing else.
   *
   * @return by encoder name, in the recipe's order; an optional encoder whose weights are missing
   *     is left out
   */
  public FilmFeatures features(ResolvedRecipe recipe, Path film, RunObserver observer) {
    return features(recipe, film, List.of(Span.of(recipe.recipe())), observer).get(0);
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
    FilmClip clip = reader.probe(film);
    Map<String, String> without = new LinkedHashMap<>();
    while (true) {
      try (Plan plan = plan(recipe, ANYTHING, without, FEATURES)) {
        Job job = job(observer, Journal.none(), recipe.recipe());
        plan.dropped().forEach(job::remark);
        List<Plan.Planned> encoders = plan.giving(Kinds.FEATURE);
        Map<String, Integer> expected = new LinkedHashMap<>();
        encoders.forEach(encoder -> expected.put(encoder.id(), pieces.size()));
        job.expect(expected, 0);
        List<FilmFeatures> all = new ArrayList<>();
        for (Span piece : pieces) {
          all.add(features(recipe.recipe(), plan, job, clip, piece, encoders));
        }
        return all;
      } catch (FilmPass.LeftOut e) {
        without.put(e.id(), e.id() + " left out: " + e.getMessage());
      }
    }
  }

  private FilmFeatures features(
      Recipe recipe, Plan plan, Job job, FilmClip clip, Span piece, List<Plan.Planned> encoders) {
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    Map<String, String> fingerprints = new LinkedHashMap<>();
    try (Runner runner = runner(recipe, plan, job, clip, piece)) {
      for (Plan.Planned encoder : encoders) {
        runner
            .values(encoder, Kinds.FEATURE)
            .forEach(feature -> features.put(encoder.id(), feature));
        fingerprints.put(encoder.id(), runner.fingerprint(encoder.id(), 0));
      }
    }
    return new FilmFeatures(clip, features, fingerprints, job.remarks());
  }

  private Runner runner(Recipe recipe, Plan plan, Job job, FilmClip clip, Span piece) {
    return new Runner(
        plan,
        job,
        ScoreRun.timing(plan.format(job.device()), recipe, piece, clip).inOneWindow(),
        recipe.device(),
        ScoreRun.given(recipe, clip, registry, reader),
        new FilmPass(reader, clip),
        threads);
  }

  /**
   * Sends music through the autoencoder and the vocoder of a recipe and through nothing else. What
   * is left of it is the best that the recipe's other parts could reach. Nothing is kept in the
   * cache.
   *
   * @param mel the music, with the frames of the pack
   * @return as long as the mel
   */
  public Sound reconstruct(ResolvedRecipe recipe, Mel mel, RunObserver observer) {
    try (Plan plan = plan(recipe, ANYTHING, Map.of(), SCORE)) {
      Job job = job(cache.without(), observer, Journal.none(), recipe.recipe());
      return Reconstruction.of(plan, job, recipe.recipe(), mel, threads);
    }
  }

  /**
   * The fingerprints {@link #features} would give a film, without looking at it.
   *
   * @return by encoder name
   */
  public Map<String, String> fingerprints(ResolvedRecipe recipe, FilmClip clip) {
    try (Plan plan = plan(recipe, ANYTHING, Map.of(), FEATURES)) {
      Map<String, String> fingerprints = new LinkedHashMap<>();
      Job job = job(RunObserver.NOBODY, Journal.none(), recipe.recipe());
      try (Runner runner = runner(recipe.recipe(), plan, job, clip, Span.of(recipe.recipe()))) {
        for (Plan.Planned encoder : plan.giving(Kinds.FEATURE)) {
          fingerprints.put(encoder.id(), runner.fingerprint(encoder.id(), 0));
        }
      }
      return fingerprints;
    }
  }
}
