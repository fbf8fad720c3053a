package maestro.graph.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.LatentCodec;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.node.Kinds;
import maestro.api.node.Timing;
import maestro.api.run.Noise;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.score.Score;
import maestro.api.sound.Sound;
import maestro.files.Sha256;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.plan.SourceNode;
import maestro.graph.recipe.Recipe;
import maestro.graph.run.Runner.Given;

/** One score of one film: what comes with the job, the run of the plan, and the writing of it. */
final class ScoreRun {
  private final ScoreRequest request;
  private final Recipe recipe;
  private final Plan plan;
  private final Job job;
  private final FilmClip clip;
  private final MediaReader reader;
  private final MediaWriter writer;
  private final PluginRegistry registry;
  private final String build;
  private final int threads;
  private final Map<String, Manifest.Source> curves = new TreeMap<>();
  private Optional<Manifest.Source> style = Optional.empty();

  ScoreRun(
      ScoreRequest request,
      Plan plan,
      Job job,
      FilmClip clip,
      MediaReader reader,
      MediaWriter writer,
      PluginRegistry registry,
      String build,
      int threads) {
    this.request = request;
    this.recipe = request.recipe().recipe();
    this.plan = plan;
    this.job = job;
    this.clip = clip;
    this.reader = reader;
    this.writer = writer;
    this.registry = registry;
    this.build = build;
    this.threads = threads;
  }

  /** How a part of a film is laid out by a codec's frames and the recipe's windows. */
  static Timing timing(LatentCodec.Format codec, Recipe recipe, Span part, FilmClip clip) {
    double rest = clip.durationSeconds() - part.beginSeconds();
    if (rest <= 0) {
      throw new MaestroException(
          Kind.INPUT,
          "recipe " + recipe.name(),
          "startSeconds is "
              + part.beginSeconds()
              + ", the film lasts "
              + clip.durationSeconds()
              + " s",
          "begin earlier");
    }
    boolean toTheEnd = part.endSeconds() >= part.beginSeconds() + rest;
    return Timing.of(
        codec.sampleRateHz(),
        codec.hopSamples(),
        recipe.melFrames(),
        recipe.crossFadeSeconds(),
        part.beginSeconds(),
        toTheEnd ? rest : part.endSeconds() - part.beginSeconds(),
        toTheEnd);
  }

  /** What comes with every job. */
  static Map<String, Given> given(
      Recipe recipe, FilmClip clip, PluginRegistry registry, MediaReader reader) {
    Map<String, Given> given = new LinkedHashMap<>();
    String media = registry.code(reader.getClass());
    given.put(Kinds.FILM.name(), new Given(clip, clip.digest() + media));
    given.put(
        Kinds.NOISE.name(), new Given(new Noise(recipe.seed()), Long.toString(recipe.seed())));
    given.put(
        Kinds.GUIDANCE.name(),
        new Given(recipe.guidanceScale(), recipe.guidanceScale().toString()));
    return given;
  }

  /** A runner with all that comes with the job. */
  Runner runner() {
    Span part =
        new Span(
            recipe.startSeconds(),
            recipe.durationSeconds() == null
                ? Double.POSITIVE_INFINITY
                : recipe.startSeconds() + recipe.durationSeconds());
    Timing timing = timing(plan.format(job.device()), recipe, part, clip);
    Map<String, Given> given = given(recipe, clip, registry, reader);
    style = request.style().map(ScoreRun::source);
    style.ifPresent(
        piece -> given.put(Kinds.STYLE.name(), style(request.style().orElseThrow(), piece)));
    request
        .curves()
        .forEach(
            (control, file) -> {
              Manifest.Source source = source(file);
              curves.put(control, source);
              given.put(
                  SourceNode.curve(control),
                  new Given(CurveFile.read(file, control, timing), source.digest()));
            });
    request.from().ifPresent(folder -> ValueFolder.read(folder, plan, timing, given));
    return new Runner(
        plan, job, timing, recipe.device(), given, new FilmPass(reader, clip), threads);
  }

  ScoreResult run(Journal journal) {
    try (Runner runner = runner()) {
      Timing timing = runner.timing();
      int files = request.output().isPresent() ? 1 : 0;
      job.expect(runner.expected(), files);
      request.keep().map(ValueFolder::new).ifPresent(folder -> runner.watch(folder::keep));
      if (runner.layOut()) {
        job.expect(runner.expected(), files);
      }
      Planned last = last();
      Set<String> asked = new HashSet<>(Set.of(last.id()));
      plan.giving(Kinds.FEATURE).forEach(node -> asked.add(node.id()));
      plan.giving(Kinds.CONDITION).forEach(node -> asked.add(node.id()));
      runner.runAll(asked);
      Sound sound = runner.whole(last, Kinds.SOUND);
      List<Map<String, Double>> shares = shares(runner);
      Provenance provenance = provenance(timing, shares);
      request.output().ifPresent(output -> write(output, sound, provenance, journal));
      return new ScoreResult(
          new Score(sound, provenance),
          clip,
          timing.windows(),
          average(shares),
          job.remarks(),
          job.begun(),
          job.computed());
    }
  }

  /** The node whose sound no other takes. */
  private Planned last() {
    List<Planned> giving = plan.giving(Kinds.SOUND);
    return giving.stream()
        .filter(
            node ->
                plan.nodes().values().stream()
                    .flatMap(other -> other.wires().values().stream())
                    .flatMap(List::stream)
                    .noneMatch(
                        wire ->
                            wire.from().equals(node.id())
                                && wire.port().kind().equals(Kinds.SOUND)))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest.Source source(Path file) {
    return new Manifest.Source(file.getFileName().toString(), Sha256.of(file));
  }

  private Given style(Path file, Manifest.Source source) {
    String print = source.digest() + recipe.styleStartSeconds() + registry.code(reader.getClass());
    return new Given(new Runner.Later(run -> styleSound(file, run)), print);
  }

  private Sound styleSound(Path file, RunContext run) {
    Sound sound = reader.sound(file, run);
    int start =
        (int)
            Math.min(
                Integer.MAX_VALUE, Math.round(recipe.styleStartSeconds() * sound.sampleRateHz()));
    if (start == 0) {
      return sound;
    }
    if (start >= sound.length()) {
      throw new MaestroException(
          Kind.INPUT,
          String.valueOf(file.getFileName()),
          "it lasts " + sound.seconds() + " s, styleStartSeconds is " + recipe.styleStartSeconds(),
          "begin earlier");
    }
    float[][] rest =
        Arrays.stream(sound.channels())
            .map(channel -> Arrays.copyOfRange(channel, start, channel.length))
            .toArray(float[][]::new);
    return new Sound(rest, sound.sampleRateHz());
  }

  /** Share of each encoder in each window's condition, where a fusion tells. */
  private List<Map<String, Double>> shares(Runner runner) {
    List<Map<String, Double>> shares = new ArrayList<>();
    Set<String> silent = new HashSet<>();
    for (Planned node : plan.giving(Kinds.FEATURE)) {
      if (runner.standsIn(node)) {
        silent.add(node.id());
      }
    }
    for (Planned node : plan.giving(Kinds.CONDITION)) {
      for (FilmCondition condition : runner.values(node, Kinds.CONDITION)) {
        shares.add(without(silent, condition.weights()));
      }
    }
    return shares;
  }

  /** Shares of those who had something to say, summing to 1 again. */
  private static Map<String, Double> without(Set<String> silent, Map<String, Double> shares) {
    Map<String, Double> rest = new TreeMap<>(shares);
    rest.keySet().removeAll(silent);
    double sum = rest.values().stream().mapToDouble(Double::doubleValue).sum();
    rest.replaceAll((name, share) -> silent.isEmpty() || sum == 0 ? share : share / sum);
    return rest;
  }

  private static Map<String, Double> average(List<Map<String, Double>> shares) {
    Map<String, Double> sums = new TreeMap<>();
    shares.forEach(one -> one.forEach((name, share) -> sums.merge(name, share, Double::sum)));
    sums.replaceAll((name, sum) -> sum / shares.size());
    return sums;
  }

  private Provenance provenance(Timing timing, List<Map<String, Double>> shares) {
    Manifest.Writer manifest =
        new Manifest.Writer(build, request.recipe())
            .with("film", new Manifest.Source(clip.file().getFileName().toString(), clip.digest()));
    style.ifPresent(source -> manifest.with("style", source));
    if (!curves.isEmpty()) {
      manifest.with("curves", curves);
    }
    manifest.with("plugins", plan.leases().stream().map(ScoreRun::describe).toList());
    plan.pack().ifPresent(pack -> manifest.with("pack", Manifest.pack(pack)));
    return manifest
        .with("seconds", timing.seconds())
        .with("windows", Manifest.windows(timing, shares))
        .with("remarks", job.remarks())
        .provenance();
  }

  private static Map<String, Object> describe(PluginLease<?> lease) {
    PluginDescription plugin = lease.plugin();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", plugin.name());
    json.put("bundle", plugin.bundle());
    json.put("version", plugin.version());
    json.put("digest", plugin.digest());
    json.put("wired", plugin.code().wired());
    if (!lease.uses().isEmpty()) {
      Map<String, String> uses = new TreeMap<>();
      lease.uses().forEach(used -> uses.put(used.name(), used.code().wired()));
      json.put("uses", uses);
    }
    json.put("settings", new TreeMap<>(lease.settings()));
    return json;
  }

  private void write(Path output, Sound sound, Provenance provenance, Journal journal) {
    String name = output.getFileName().toString();
    Job.Step step = job.begin(name, name);
    Path growing = journal.growing(output);
    if (Outputs.isSound(output)) {
      writer.wav(growing, sound, provenance);
    } else {
      writer.film(growing, clip, sound, provenance);
    }
    step.checkCancelled();
    journal.finish(growing, output);
    step.done();
  }
}
