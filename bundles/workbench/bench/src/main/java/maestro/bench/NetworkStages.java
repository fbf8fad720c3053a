package maestro.bench;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NoisePredictor;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Vocoder;

/** The networks of a pack, one stage each. */
final class NetworkStages {
  /** Those there can be. */
  static final List<String> NAMES =
      List.of("guided-step", "guided-step-with-branch", "vae-encode", "vae-decode", "vocoder");

  private static final String DENOISER = "denoiser.vm-unet";
  private static final String CODEC = "codec.music-vae";
  private static final String VOCODER = "vocoder.hifigan";

  private final PluginRegistry registry;
  private final Map<String, Object> settings;
  private final int frames;

  /**
   * Stages of one length.
   *
   * @param settings of every network
   * @param frames of the mel-spectrogram
   */
  NetworkStages(PluginRegistry registry, Map<String, Object> settings, int frames) {
    this.registry = registry;
    this.settings = settings;
    this.frames = frames;
  }

  /** By name; which there are is the pack's affair. */
  Map<String, Supplier<OpenedStage>> of(ModelPack opened, RunContext run) {
    boolean branch = opened.part("branch").isPresent() || branched(opened);
    Map<String, Supplier<OpenedStage>> all = new LinkedHashMap<>();
    all.put("guided-step", () -> step(run, false));
    if (branch) {
      all.put("guided-step-with-branch", () -> step(run, true));
    }
    all.put("vae-encode", () -> codec(run, true));
    all.put("vae-decode", () -> codec(run, false));
    if (opened.part(VOCODER).isPresent()) {
      all.put("vocoder", () -> vocoder(run));
    }
    return all;
  }

  private static boolean branched(ModelPack pack) {
    return pack.part("denoiser")
        .filter(part -> part.architecture().containsKey("controls"))
        .isPresent();
  }

  private OpenedStage step(RunContext run, boolean branch) {
    Map<String, Object> own = new HashMap<>(settings);
    own.put("bypassBranchWhenNoControls", !branch);
    Latent latent = noise(run);
    PluginLease<Denoiser> lease = registry.lease(Denoiser.class, DENOISER, own);
    Denoiser.Format format = lease.service().format(run);
    Denoiser.Session session = lease.service().open(run);
    FilmCondition film =
        new FilmCondition(run.noise().gaussian("film", format.conditionWidth()), Map.of());
    Map<String, ControlSignal> controls = new HashMap<>();
    if (branch) {
      format
          .controls()
          .forEach(
              (name, control) ->
                  controls.put(
                      name,
                      new ControlSignal(
                          frames,
                          control.channels(),
                          run.noise().gaussian(name, frames * control.channels()))));
    }
    NoisePredictor predictor = session.predictor(film, controls, 7.5);
    return new OpenedStage(
        () -> predictor.predict(latent, 500),
        () -> {
          session.close();
          lease.close();
        });
  }

  private OpenedStage codec(RunContext run, boolean encode) {
    PluginLease<LatentCodec> lease = registry.lease(LatentCodec.class, CODEC, settings);
    Latent latent = noise(lease.service().format(run), run);
    LatentCodec.Session session = lease.service().open(run);
    Mel mel = mel(run);
    return new OpenedStage(
        encode ? () -> session.encode(mel) : () -> session.decode(latent),
        () -> {
          session.close();
          lease.close();
        });
  }

  private OpenedStage vocoder(RunContext run) {
    PluginLease<Vocoder> lease = registry.lease(Vocoder.class, VOCODER, settings);
    Mel mel = mel(run);
    return new OpenedStage(() -> lease.service().vocode(mel, run), lease::close);
  }

  /** With the shape that the codec's latents have. */
  private Latent noise(RunContext run) {
    try (PluginLease<LatentCodec> lease = registry.lease(LatentCodec.class, CODEC, Map.of())) {
      return noise(lease.service().format(run), run);
    }
  }

  private Latent noise(LatentCodec.Format format, RunContext run) {
    if (frames < 1 || frames % format.frameMultiple() != 0) {
      throw new MaestroException(
          Kind.USAGE,
          "--frames",
          "it is " + frames,
          "use a multiple of " + format.frameMultiple() + ", such as 1024");
    }
    Latent zeros = format.zeros(frames);
    return zeros.with(run.noise().gaussian("latent", zeros.values().length));
  }

  private Mel mel(RunContext run) {
    float[] values = run.noise().gaussian("mel", frames * 64);
    for (int i = 0; i < values.length; i++) {
      values[i] -= 5; // about where music lies
    }
    return new Mel(frames, 64, values);
  }
}
