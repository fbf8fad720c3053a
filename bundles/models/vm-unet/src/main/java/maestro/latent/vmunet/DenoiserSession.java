package maestro.latent.vmunet;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The model of one run; each network is opened when it is first needed. */
final class VmUnetSession implements LatentModel.Session {
  private static final Logger LOG = LoggerFactory.getLogger(VmUnetSession.class);

  /** AudioLDM's guard: a latent that left ±100 is cut to ±10. */
  private static final float WILD = 100;

  private static final float TAMED = 10;

  private final NetworkEngine engine;
  private final LatentParts parts;
  private final boolean bypassBranch;
  private final Set<String> guided;
  private final RunContext run;
  private final Map<Kind, Network> networks = new EnumMap<>(Kind.class);

  /** The networks a run may need. */
  private enum Kind {
    PLAIN,
    PLAIN_WITH_BRANCH,
    GUIDED,
    GUIDED_WITH_BRANCH,
    ENCODER,
    DECODER
  }

  VmUnetSession(
      NetworkEngine engine,
      LatentParts parts,
      boolean bypassBranch,
      Set<String> guided,
      RunContext run) {
    this.engine = engine;
    this.parts = parts;
    this.bypassBranch = bypassBranch;
    this.guided = guided;
    this.run = run;
    for (String name : guided) {
      if (!name.equals(VmUnet.FILM) && parts.controls != null && !controls().containsKey(name)) {
        throw new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            VmUnet.NAME,
            "setting guided names '"
                + name
                + "', which the model pack's branch does not know, only "
                + controls().keySet(),
            "name film, or controls of the branch");
      }
    }
  }

  @Override
  public NoiseSchedule schedule() {
    return parts.schedule;
  }

  @Override
  public Latent shape(int melFrames) {
    int multiple = parts.vae.compression() * parts.unet.multiple();
    if (melFrames < 1 || melFrames % multiple != 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          VmUnet.NAME,
          melFrames + " mel frames are not a multiple of " + multiple,
          "round up to the next multiple and cut the sound afterwards");
    }
    int channels = parts.unet.latentChannels();
    int frames = melFrames / parts.vae.compression();
    int bands = parts.melBands / parts.vae.compression();
    return new Latent(channels, frames, bands, new float[channels * frames * bands]);
  }

  @Override
  public int conditionWidth() {
    return parts.unet.filmWidth();
  }

  @Override
  public Map<String, Integer> controls() {
    return parts.controlChannels();
  }

  @Override
  public NoisePredictor predictor(
      FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale) {
    if (film.vector().length != conditionWidth()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnet.NAME,
          "the film condition has "
              + film.vector().length
              + " values and the model expects "
              + conditionWidth(),
          "use a fusion and a pack that belong together");
    }
    controls.forEach(this::check);
    boolean branch = parts.controls != null && !(controls.isEmpty() && bypassBranch);
    boolean filmGuided = guided.contains(VmUnet.FILM);
    boolean two =
        guidanceScale != 1 && (filmGuided || controls.keySet().stream().anyMatch(guided::contains));
    Network network = network(kind(two, branch));
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    inputs.put("film", FloatTensor.of(film.vector().clone(), 1, conditionWidth()));
    if (two) {
      float[] without = filmGuided ? film.unguided().orElse(parts.nullCondition) : film.vector();
      inputs.put("null_film", FloatTensor.of(without.clone(), 1, conditionWidth()));
      inputs.put("guidance_scale", FloatTensor.of(new float[] {(float) guidanceScale}, 1));
    }
    if (branch) {
      controls.forEach((name, signal) -> inputs.put(name, plane(signal)));
    }
    return (latent, timestep) -> predict(network, inputs, branch, latent, timestep);
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
      boolean branch,
      Latent latent,
      int timestep) {
    if (branch) {
      // The frames of a control that asks for nothing are known with the first latent.
      int frames = latent.frames() * parts.vae.compression();
      controls()
          .forEach(
              (name, channels) ->
                  fixed.computeIfAbsent(
                      name,
                      key -> FloatTensor.of(new float[channels * frames], 1, channels, frames, 1)));
    }
    Map<String, FloatTensor> inputs = new LinkedHashMap<>(fixed);
    inputs.put("latent", tensor(latent, latent.values()));
    inputs.put("timestep", FloatTensor.of(new float[] {timestep}, 1));
    return latent.with(network.run(inputs).get("eps").values());
  }

  private void check(String name, ControlSignal signal) {
    Integer channels = controls().get(name);
    if (channels == null) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnet.NAME,
          "the model pack has no local encoder for the control '"
              + name
              + "', only "
              + controls().keySet(),
          "leave the control out, or use a pack whose branch was trained with it");
    }
    if (signal.channels() != channels) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          VmUnet.NAME,
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

  @Override
  public Latent encode(Mel mel) {
    Latent shape = shape(mel.frames());
    if (mel.bands() != parts.melBands) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          VmUnet.NAME,
          "the mel has " + mel.bands() + " bands and the Music VAE expects " + parts.melBands,
          "use a front end and a pack that belong together");
    }
    float[] moments =
        network(Kind.ENCODER)
            .run(Map.of("mel", FloatTensor.of(mel.values(), 1, 1, mel.frames(), mel.bands())))
            .get("moments")
            .values();
    float[] values = new float[shape.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (moments[i] * parts.scaleFactor); // the means come first
    }
    return shape.with(values);
  }

  @Override
  public Mel decode(Latent latent) {
    float[] values = tamed(latent.values());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] / parts.scaleFactor);
    }
    FloatTensor mel =
        network(Kind.DECODER).run(Map.of("latent", tensor(latent, values))).get("mel");
    return new Mel(mel.axis(2), mel.axis(3), mel.values());
  }

  /** A copy, within ±10 if anything had left ±100. */
  private float[] tamed(float[] latent) {
    float most = 0;
    for (float value : latent) {
      if (Float.isNaN(value)) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            VmUnet.NAME,
            "the latent holds a value that is not a number",
            "lower the guidance scale, or check the weights with 'maestro packs verify'");
      }
      most = Math.max(most, Math.abs(value));
    }
    float[] copy = latent.clone();
    if (most > WILD) {
      LOG.warn("{} the latent reached {}, cut to -10 ... 10", VmUnet.NAME, most);
      run.remark("the latent left its range and was cut; the music may be poor");
      for (int i = 0; i < copy.length; i++) {
        copy[i] = Math.max(-TAMED, Math.min(TAMED, copy[i]));
      }
    }
    return copy;
  }

  private static FloatTensor tensor(Latent latent, float[] values) {
    return FloatTensor.of(values, 1, latent.channels(), latent.frames(), latent.bands());
  }

  private Network network(Kind kind) {
    return networks.computeIfAbsent(kind, this::open);
  }

  private Network open(Kind kind) {
    NetworkSource source =
        switch (kind) {
          case PLAIN -> parts.denoiserSource(false);
          case PLAIN_WITH_BRANCH -> parts.denoiserSource(true);
          case GUIDED -> parts.guidedSource(false, Set.of());
          case GUIDED_WITH_BRANCH -> parts.guidedSource(true, guided);
          case ENCODER -> parts.encoderSource();
          case DECODER -> parts.decoderSource();
        };
    Network network = engine.open(source, run.device());
    LOG.debug("{} opened {} ({})", VmUnet.NAME, source.name(), network.engine());
    return network;
  }

  @Override
  public void close() {
    networks.values().forEach(Network::close);
    networks.clear();
  }
}
