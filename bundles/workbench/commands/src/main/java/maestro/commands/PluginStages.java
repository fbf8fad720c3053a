package maestro.commands;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/** The stages as any plugin of the right kind runs them, item by item of a batch. */
final class PluginStages {
  /** What each stage takes and gives. */
  static final Map<String, String> STAGES = new TreeMap<>();

  static {
    STAGES.put("vae-encode", "mel [B, T, F] -> latent [B, C, T/4, F/4]");
    STAGES.put("vae-decode", "latent [B, C, T, F] -> mel [B, 4T, 4F]");
    STAGES.put(
        "denoiser", "latent [B, C, T, F], timestep [B], film [B, W], controls [B, 4T, C] -> eps");
    STAGES.put("guided-denoiser", "as denoiser, and guidance_scale [1] -> eps");
    STAGES.put(
        "fusion", "a vector for each encoder, such as clip [W] -> film [W], weight.clip [1]");
    STAGES.put("vocoder", "mel [B, T, F] -> waveform [B, 1, 160T]");
  }

  private final PluginRegistry registry;
  private final String name;
  private final String plugin;
  private final Map<String, Object> settings;

  /**
   * One stage.
   *
   * @param plugin which plugin runs it; null for the only one there is
   */
  PluginStages(PluginRegistry registry, String name, String plugin, Map<String, Object> settings) {
    this.registry = registry;
    this.name = name;
    this.plugin = plugin;
    this.settings = settings;
  }

  /** Runs the stage. */
  NamedTensors run(Tensors in, RunContext run) {
    Map<String, FloatTensor> results = new TreeMap<>();
    switch (name) {
      case "fusion" -> fuse(in, run, results);
      case "vocoder" -> vocode(in, run, results);
      case "vae-encode" -> encode(in, run, results);
      case "vae-decode" -> decode(in, run, results);
      default -> denoise(in, run, results);
    }
    return new NamedTensors(results, Map.of());
  }

  private void fuse(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    for (String encoder : in.content().tensors().keySet()) {
      if (!encoder.endsWith(".timeline")) {
        features.put(
            Names.full("encoder", encoder), FilmFeature.of(in.get(encoder, 1, -1).values()));
      }
    }
    try (PluginLease<FeatureFusion> lease = lease(FeatureFusion.class)) {
      FilmCondition film = lease.service().fuse(features, run);
      results.put("film", FloatTensor.of(film.vector(), film.vector().length));
      film.unguided()
          .ifPresent(values -> results.put("null_film", FloatTensor.of(values, values.length)));
      film.weights()
          .forEach(
              (encoder, share) ->
                  results.put(
                      "weight." + Names.brief(encoder),
                      FloatTensor.of(new float[] {share.floatValue()}, 1)));
    }
  }

  private void vocode(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    Batch batch = Batch.of(in.get("mel", -1, -1, -1));
    try (PluginLease<Vocoder> lease = lease(Vocoder.class)) {
      Batch.Builder sounds = new Batch.Builder(batch.size());
      for (int b = 0; b < batch.size(); b++) {
        Sound sound =
            lease
                .service()
                .vocode(new Mel((int) batch.axis(0), (int) batch.axis(1), batch.item(b)), run);
        sounds.add(sound.channels()[0], 1, sound.length());
        run.progress(b + 1L, batch.size());
      }
      results.put("waveform", sounds.tensor());
    }
  }

  private void encode(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    try (PluginLease<LatentCodec> lease = lease(LatentCodec.class);
        LatentCodec.Session session = lease.service().open(run)) {
      Batch mels = Batch.of(in.get("mel", -1, -1, -1));
      Batch.Builder latents = new Batch.Builder(mels.size());
      for (int b = 0; b < mels.size(); b++) {
        add(latents, session.encode(new Mel((int) mels.axis(0), (int) mels.axis(1), mels.item(b))));
        run.progress(b + 1L, mels.size());
      }
      results.put("latent", latents.tensor());
    }
  }

  private void decode(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    try (PluginLease<LatentCodec> lease = lease(LatentCodec.class);
        LatentCodec.Session session = lease.service().open(run)) {
      Batch latents = Batch.of(in.get("latent", -1, -1, -1, -1));
      Batch.Builder mels = new Batch.Builder(latents.size());
      for (int b = 0; b < latents.size(); b++) {
        Mel mel = session.decode(item(latents, b));
        mels.add(mel.values(), mel.frames(), mel.bands());
        run.progress(b + 1L, latents.size());
      }
      results.put("mel", mels.tensor());
    }
  }

  private void denoise(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    try (PluginLease<Denoiser> lease = lease(Denoiser.class);
        Denoiser.Session session = lease.service().open(run)) {
      denoise(in, lease.service().format(run), session, run, results);
    }
  }

  private void denoise(
      Tensors in,
      Denoiser.Format format,
      Denoiser.Session session,
      RunContext run,
      Map<String, FloatTensor> results) {
    Batch latents = Batch.of(in.get("latent", -1, -1, -1, -1));
    Batch films = Batch.of(in.get("film", latents.size(), format.conditionWidth()));
    float[] timesteps =
        in.has("timestep") && in.content().get("timestep").shape().length == 0
            ? in.content().get("timestep").values()
            : in.get("timestep", -1).values();
    Batch.Builder eps = new Batch.Builder(latents.size());
    for (int b = 0; b < latents.size(); b++) {
      Map<String, ControlSignal> controls = new TreeMap<>();
      for (Map.Entry<String, Denoiser.ControlFormat> control : format.controls().entrySet()) {
        if (in.has(control.getKey())) {
          int channels = control.getValue().channels();
          Batch rows = Batch.of(in.get(control.getKey(), latents.size(), -1, channels));
          controls.put(
              control.getKey(),
              new ControlSignal((int) rows.axis(0), (int) rows.axis(1), rows.item(b)));
        }
      }
      double scale = name.equals("denoiser") ? 1 : in.get("guidance_scale", 1).values()[0];
      Latent result =
          session
              .predictor(new FilmCondition(films.item(b), Map.of()), controls, scale)
              .predict(item(latents, b), Math.round(timesteps[Math.min(b, timesteps.length - 1)]));
      add(eps, result);
      run.progress(b + 1L, latents.size());
    }
    results.put("eps", eps.tensor());
  }

  private static Latent item(Batch latents, int b) {
    return new Latent(
        (int) latents.axis(0), (int) latents.axis(1), (int) latents.axis(2), latents.item(b));
  }

  private static void add(Batch.Builder latents, Latent latent) {
    latents.add(latent.values(), latent.channels(), latent.frames(), latent.bands());
  }

  /** The plugin that was named, or the only one of its kind. */
  private <T> PluginLease<T> lease(Class<T> kind) {
    List<PluginDescription> able =
        registry.plugins().stream().filter(one -> one.kind().equals(kind.getSimpleName())).toList();
    String id = plugin;
    if (id == null) {
      if (able.size() != 1) {
        throw new MaestroException(
            Kind.USAGE,
            "stage " + name,
            able.isEmpty() ? "no bundle can run it" : "several bundles can run it",
            able.isEmpty()
                ? "see 'maestro bundles list'"
                : "choose with --plugin: "
                    + String.join(", ", able.stream().map(PluginDescription::name).toList()));
      }
      id = able.get(0).name();
    }
    return registry.lease(kind, id, settings);
  }
}
