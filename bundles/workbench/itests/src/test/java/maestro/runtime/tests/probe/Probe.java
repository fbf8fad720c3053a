package maestro.runtime.tests.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Latent;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The plugin registry, for tests outside the framework: {@code {op, kind, name, settings}} in, a
 * map out.
 */
@Component(service = Function.class, property = "probe=registry")
public final class Probe implements Function<Map<String, Object>, Map<String, Object>> {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "encoder", VisualEncoder.class, "control", StyleControl.class, "sampler", Sampler.class);

  /** Half a second of film. */
  private static final FilmClip CLIP = new FilmClip(Path.of("film"), "", 48, 32, 12, 0.5, false);

  /** As wide as those of encoder.clip in a tiny pack and of encoder.cinematic. */
  private static final Map<String, FilmFeature> FEATURES =
      Map.of(
          "encoder.clip", FilmFeature.of(ramp(16)), "encoder.cinematic", FilmFeature.of(ramp(32)));

  private final PluginRegistry registry;
  private final List<PluginLease<?>> held = new ArrayList<>();

  @Activate
  public Probe(@Reference PluginRegistry registry) {
    this.registry = registry;
  }

  @Override
  @SuppressWarnings("unchecked")
  public Map<String, Object> apply(Map<String, Object> call) {
    String name = (String) call.get("name");
    Class<?> kind = KINDS.get(String.valueOf(call.get("kind")));
    Map<String, Object> settings = (Map<String, Object>) call.getOrDefault("settings", Map.of());
    try {
      return switch ((String) call.get("op")) {
        case "plugins" ->
            Map.of(
                "names",
                registry.plugins().stream()
                    .map(plugin -> plugin.name() + " " + plugin.version())
                    .toList());
        case "describe" -> describe(registry.describe(kind, name));
        case "hold" -> hold(registry.lease(kind, name, settings));
        case "use" -> use(held.get((Integer) call.get("lease")));
        case "close" -> close((Integer) call.get("lease"));
        default -> throw new IllegalArgumentException(String.valueOf(call.get("op")));
      };
    } catch (MaestroException e) {
      return Map.of("kind", e.kind().name(), "error", e.getMessage());
    }
  }

  private synchronized Map<String, Object> hold(PluginLease<?> lease) {
    held.add(lease);
    return Map.of(
        "lease",
        held.size() - 1,
        "version",
        lease.plugin().version(),
        "settings",
        Map.copyOf(lease.settings()));
  }

  private Map<String, Object> close(int lease) {
    held.get(lease).close();
    return Map.of();
  }

  private static Map<String, Object> describe(PluginDescription plugin) {
    return Map.of(
        "kind", plugin.kind(),
        "bundle", plugin.bundle(),
        "version", plugin.version(),
        "digest", plugin.digest(),
        "paper", plugin.paper(),
        "settings", plugin.settings().stream().map(PluginDescription.Setting::toString).toList());
  }

  private static Map<String, Object> use(PluginLease<?> lease) {
    return Map.of(
        "values", values(lease.service()), "loader", lease.service().getClass().getClassLoader());
  }

  /** Uses a plugin once, on fixed input, in a run without a pack. */
  static float[] values(Object plugin) {
    return values(plugin, new QuietRun(null));
  }

  /** Uses a plugin once, on fixed input. */
  static float[] values(Object plugin, RunContext run) {
    if (plugin instanceof VisualEncoder encoder) {
      return encoder.encode(CLIP, new Frames(encoder.frames()), run).vector();
    }
    if (plugin instanceof FeatureFusion fusion) {
      return fusion.fuse(FEATURES, run).vector();
    }
    if (plugin instanceof StyleControl control) {
      float[] samples = new float[4000];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) (0.5 * Math.sin(i * 0.17) * Math.sin(i * 0.002));
      }
      ControlSignal signal =
          control.extract(Sound.mono(samples, 16_000), FrameGrid.PAPER.withFrames(20));
      return signal.values();
    }
    Sampler sampler = (Sampler) plugin;
    Latent noise = new Latent(1, 4, 4, new float[16]);
    for (int i = 0; i < 16; i++) {
      noise.values()[i] = i / 8f - 1;
    }
    return sampler
        .sample(
            noise,
            (latent, t) -> latent.with(halved(latent.values())),
            NoiseSchedule.audioLdm(),
            run)
        .values();
  }

  private static float[] ramp(int width) {
    float[] values = new float[width];
    for (int i = 0; i < width; i++) {
      values[i] = (float) i / width - 0.4f;
    }
    return values;
  }

  private static float[] halved(float[] values) {
    float[] half = new float[values.length];
    for (int i = 0; i < half.length; i++) {
      half[i] = values[i] / 2;
    }
    return half;
  }
}
