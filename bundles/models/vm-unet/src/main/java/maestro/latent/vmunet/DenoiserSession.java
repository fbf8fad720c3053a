package maestro.latent.vmunet;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The denoiser of one run; each network is opened when it is first needed. */
final class DenoiserSession implements Denoiser.Session {
  private static final Logger LOG = LoggerFactory.getLogger(DenoiserSession.class);

  private final NetworkEngine engine;
  private final DenoiserParts parts;
  private final boolean bypassBranch;
  private final Set<String> guided;
  private final RunContext run;
  private final Map<Kind, Network> networks = new EnumMap<>(Kind.class);

  /** The networks a run may need. */
  private enum Kind {
    PLAIN,
    PLAIN_WITH_BRANCH,
    GUIDED,
    GUIDED_WITH_BRANCH
  }

  DenoiserSession(
      NetworkEngine engine,
      DenoiserParts parts,
      boolean bypassBranch,
      Set<String> guided,
      RunContext run) {
    this.engine = engine;
    this.parts = parts;
    this.bypassBranch = bypassBranch;
    this.guided = guided;
    this.run = run;
    for (String name : guided) {
      if (!name.equals(VmUnetDenoiser.FILM)
          && !parts.controlChannels().isEmpty()
          && !parts.controlChannels().containsKey(name)) {
        throw new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            VmUnetDenoiser.NAME,
            "setting guided names '"
                + name
                + "', which the model pack's branch does not know, only "
                + parts.controlChannels().keySet(),
            "name film, or controls of the branch");
      }
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return parts.schedule;
  }

  @Override
  public NoisePredictor predictor(
      FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale) {
    if (film.vector().length != parts.unet.filmWidth()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnetDenoiser.NAME,
          "the film condition has "
              + film.vector().length
              + " values and the model expects "
              + parts.unet.filmWidth(),
          "use a fusion and a pack that belong together");
    }
    controls.forEach(this::check);
    boolean branch = parts.controls != null && !(controls.isEmpty() && bypassBranch);
    boolean filmGuided = guided.contains(VmUnetDenoiser.FILM);
    boolean two =
        guidanceScale != 1 && (filmGuided || controls.keySet().stream().anyMatch(guided::contains));
    Network network = network(kind(two, branch));
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    inputs.put("film", FloatTensor.of(film.vector().clone(), 1, parts.unet.filmWidth()));
    if (two) {
      float[] without = filmGuided ? film.unguided().orElse(parts.nullCondition) : film.vector();
      inputs.put("null_film", FloatTensor.of(without.clone(), 1, parts.unet.filmWidth()));
      inputs.put("guidance_scale", FloatTensor.of(new float[] {(float) guidanceScale}, 1));
    }
    Map<String, Integer> heard = parts.controlChannels(branch);
    controls.forEach(
        (name, signal) -> {
          if (heard.containsKey(name)) {
            inputs.put(name, plane(signal));
          }
        });
    return (latent, timestep) -> predict(network, inputs, heard, latent, timestep);
  }

  private static Kind kind(boolean guided, boolean branch) {
    if (guided) {
      return branch ? Kind.GUIDED_WITH_BRANCH : Kind.GUIDED;
    }
    return branch ? Kind.PLAIN_WITH_BRANCH : Kind.PLAIN;
  }

  private Latent predict(
      Network network,
      Map<String, FloatTensor> fixed,
      Map<String, Integer> heard,
      Latent latent,
      int timestep) {
    check(latent);
    // The frames of a control that asks for nothing are known with the first latent.
    int frames = latent.frames() * parts.framesInPlace();
    heard.forEach(
        (name, channels) ->
            fixed.computeIfAbsent(
                name, key -> FloatTensor.of(new float[channels * frames], 1, channels, frames, 1)));
    Map<String, FloatTensor> inputs = new LinkedHashMap<>(fixed);
    inputs.put(
        "latent",
        FloatTensor.of(latent.values(), 1, latent.channels(), latent.frames(), latent.bands()));
    inputs.put("timestep", FloatTensor.of(new float[] {timestep}, 1));
    return latent.with(network.run(inputs).get("eps").values());
  }

  private void check(String name, ControlSignal signal) {
    Integer channels = parts.controlChannels().get(name);
    if (channels == null) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnetDenoiser.NAME,
          "the model pack has no local encoder for the control '"
              + name
              + "', only "
              + parts.controlChannels().keySet(),
          "leave the control out, or use a pack whose branch was trained with it");
    }
    if (signal.channels() != channels) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnetDenoiser.NAME,
          "the control '"
              + name
              + "' has "
              + signal.channels()
              + " channels and the branch expects "
              + channels,
          "use a control and a pack that belong together");
    }
  }

  /** [T, C] to [1, C, T, 1]. */
  private static FloatTensor plane(ControlSignal signal) {
    int frames = signal.frames();
    int channels = signal.channels();
    float[] values = new float[frames * channels];
    for (int t = 0; t < frames; t++) {
      for (int c = 0; c < channels; c++) {
        values[c * frames + t] = signal.at(t, c);
      }
    }
    return FloatTensor.of(values, 1, channels, frames, 1);
  }

  private void check(Latent latent) {
    int multiple = parts.unet.multiple();
    if (latent.channels() != parts.unet.latentChannels()
        || latent.frames() % multiple != 0
        || latent.bands() % multiple != 0) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnetDenoiser.NAME,
          "the latent is ["
              + latent.channels()
              + ", "
              + latent.frames()
              + ", "
              + latent.bands()
              + "] and the U-Net takes ["
              + parts.unet.latentChannels()
              + ", T, F] with T and F multiples of "
              + multiple,
          "use a codec that belongs to it, and windows whose latents can be halved that often");
    }
  }

  private Network network(Kind kind) {
    return networks.computeIfAbsent(kind, this::open);
  }

  private Network open(Kind kind) {
    NetworkSource source =
        switch (kind) {
          case PLAIN -> parts.denoiserSource(false);
          case PLAIN_WITH_BRANCH -> parts.denoiserSource(true);
          case GUIDED -> parts.guidedSource(false, guided);
          case GUIDED_WITH_BRANCH -> parts.guidedSource(true, guided);
        };
    Network network = engine.open(source, run.device());
    LOG.debug("{} opened {} ({})", VmUnetDenoiser.NAME, source.name(), network.engine());
    return network;
  }

  @Override
  public void close() {
    networks.values().forEach(Network::close);
    networks.clear();
  }
}
