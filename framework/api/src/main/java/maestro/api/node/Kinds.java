package maestro.api.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/** The kinds of values that the paper's own nodes exchange (figure 2). */
public final class Kinds {
  /** The film, known but not decoded; comes with the job, extent FILM. */
  public static final Kind<FilmClip> FILM = Kind.ofProcess("film", FilmClip.class);

  /** The style piece from where its controls begin; comes with the job, extent FILM. */
  public static final Kind<Sound> STYLE =
      Kind.of("style", Sound.class, soundForm()).fitting(new SoundFit());

  /** Seeded noise; comes with the job. Each window has its own, the first that of a short score. */
  public static final Kind<Noise> NOISE =
      Kind.ofProcess("noise", Noise.class).fitting(new NoiseFit());

  /** Scale of classifier-free guidance (section 4.1); comes with the job, extent RUN. */
  public static final Kind<Double> GUIDANCE = Kind.ofProcess("guidance", Double.class);

  /** In whose manner; extent RUN, absent for nobody in particular. */
  public static final Kind<String> COMPOSER = Kind.of("composer", String.class, new TextForm());

  /** What an encoder says of a window's part of the film. */
  public static final Kind<FilmFeature> FEATURE =
      Kind.of("feature", FilmFeature.class, new FeatureForm()).fitting(new FeatureFit());

  /** The global condition c_film of a window. */
  public static final Kind<FilmCondition> CONDITION =
      Kind.of("condition", FilmCondition.class, new ConditionForm());

  /** A local control over the score, as the network is fed: mean 0, deviation 1, 0 for nothing. */
  public static final Kind<ControlSignal> CONTROL =
      Kind.of("control", ControlSignal.class, new ControlForm()).fitting(new ControlFit());

  /**
   * A curve for a control, given as a file in the control's own unit; comes with the job, extent
   * FILM.
   */
  public static final Kind<Curve> CURVE = Kind.ofProcess("curve", Curve.class);

  /** What the denoiser of the pack was made for; extent RUN. */
  public static final Kind<Denoiser.Format> DENOISER_FORMAT =
      Kind.ofProcess("denoiser-format", Denoiser.Format.class);

  /** What the codec of the pack was made for; extent RUN. It sets the frames of the whole job. */
  public static final Kind<LatentCodec.Format> CODEC_FORMAT =
      Kind.ofProcess("codec-format", LatentCodec.Format.class);

  /** The opened denoiser; extent RUN. */
  public static final Kind<Denoiser.Session> DENOISER =
      Kind.ofProcess("denoiser", Denoiser.Session.class);

  /** The opened codec; extent RUN. */
  public static final Kind<LatentCodec.Session> CODEC =
      Kind.ofProcess("codec", LatentCodec.Session.class);

  /** The guided noise predictor of a window with its schedule. */
  public static final Kind<Predictor> PREDICTOR = Kind.ofProcess("predictor", Predictor.class);

  /** A latent of a window. */
  public static final Kind<Latent> LATENT = Kind.of("latent", Latent.class, new LatentForm());

  /** A log-mel spectrogram. */
  public static final Kind<Mel> MEL =
      Kind.of("mel", Mel.class, new MelForm()).fitting(new MelFit());

  /** Music. */
  public static final Kind<Sound> SOUND =
      Kind.of("sound", Sound.class, soundForm()).fitting(new SoundFit());

  /** The floor of a log-mel. */
  private static final float SILENCE = (float) Math.log(1e-5);

  private Kinds() {}

  /**
   * A guided noise predictor.
   *
   * @param noise ε(x_t, t) with condition, controls and guidance fixed
   * @param schedule the forward process it was trained with
   */
  public record Predictor(NoisePredictor noise, NoiseSchedule schedule) {}

  private static Kind.Form<Sound> soundForm() {
    return new SoundForm();
  }

  private static final class TextForm implements Kind.Form<String> {
    @Override
    public NamedTensors write(String value) {
      return new NamedTensors(Map.of(), Map.of("text", value));
    }

    @Override
    public String read(NamedTensors tensors) {
      return text(tensors, "text");
    }
  }

  private static final class FeatureForm implements Kind.Form<FilmFeature> {
    private static final String STEP = "timeline.stepSeconds";
    private static final String CHANNEL = "timeline.channel.";

    @Override
    public NamedTensors write(FilmFeature feature) {
      Map<String, FloatTensor> tensors = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      tensors.put("vector", vector(feature.vector()));
      feature
          .timeLine()
          .ifPresent(
              line -> {
                tensors.put(
                    "timeline", FloatTensor.of(line.values(), line.rows(), line.channels().size()));
                metadata.put(STEP, Double.toString(line.stepSeconds()));
                for (int c = 0; c < line.channels().size(); c++) {
                  metadata.put(CHANNEL + c, line.channels().get(c));
                }
              });
      return new NamedTensors(tensors, metadata);
    }

    @Override
    public FilmFeature read(NamedTensors tensors) {
      FloatTensor line = tensors.tensors().get("timeline");
      if (line == null) {
        return new FilmFeature(tensors.get("vector").values(), Optional.empty());
      }
      List<String> channels = new ArrayList<>();
      for (int c = 0; c < line.axis(1); c++) {
        channels.add(text(tensors, CHANNEL + c));
      }
      return new FilmFeature(
          tensors.get("vector").values(),
          Optional.of(
              new maestro.api.film.TimeLine(
                  Double.parseDouble(text(tensors, STEP)), channels, line.values())));
    }
  }

  private static final class ConditionForm implements Kind.Form<FilmCondition> {
    private static final String SHARE = "share.";

    @Override
    public NamedTensors write(FilmCondition condition) {
      Map<String, FloatTensor> tensors = new TreeMap<>();
      tensors.put("film", vector(condition.vector()));
      condition.unguided().ifPresent(unguided -> tensors.put("unguided", vector(unguided)));
      Map<String, String> metadata = new TreeMap<>();
      condition
          .weights()
          .forEach((encoder, share) -> metadata.put(SHARE + encoder, share.toString()));
      return new NamedTensors(tensors, metadata);
    }

    @Override
    public FilmCondition read(NamedTensors tensors) {
      Map<String, Double> shares = new TreeMap<>();
      tensors
          .metadata()
          .forEach(
              (key, value) -> {
                if (key.startsWith(SHARE)) {
                  shares.put(key.substring(SHARE.length()), Double.valueOf(value));
                }
              });
      return new FilmCondition(
          tensors.get("film").values(),
          Optional.ofNullable(tensors.tensors().get("unguided")).map(FloatTensor::values),
          shares);
    }
  }

  private static final class ControlForm implements Kind.Form<ControlSignal> {
    @Override
    public NamedTensors write(ControlSignal signal) {
      return NamedTensors.of(
          "control", FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
    }

    @Override
    public ControlSignal read(NamedTensors tensors) {
      FloatTensor control = tensors.get("control");
      return new ControlSignal(control.axis(0), control.axis(1), control.values());
    }
  }

  private static final class LatentForm implements Kind.Form<Latent> {
    @Override
    public NamedTensors write(Latent latent) {
      return NamedTensors.of(
          "latent",
          FloatTensor.of(latent.values(), latent.channels(), latent.frames(), latent.bands()));
    }

    @Override
    public Latent read(NamedTensors tensors) {
      FloatTensor latent = tensors.get("latent");
      return new Latent(latent.axis(0), latent.axis(1), latent.axis(2), latent.values());
    }
  }

  private static final class MelForm implements Kind.Form<Mel> {
    @Override
    public NamedTensors write(Mel mel) {
      return NamedTensors.of("mel", FloatTensor.of(mel.values(), mel.frames(), mel.bands()));
    }

    @Override
    public Mel read(NamedTensors tensors) {
      FloatTensor mel = tensors.get("mel");
      return new Mel(mel.axis(0), mel.axis(1), mel.values());
    }
  }

  private static final class SoundForm implements Kind.Form<Sound> {
    private static final String RATE = "sampleRateHz";

    @Override
    public NamedTensors write(Sound sound) {
      int length = sound.length();
      float[] values = new float[Math.multiplyExact(sound.channels().length, length)];
      for (int c = 0; c < sound.channels().length; c++) {
        System.arraycopy(sound.channels()[c], 0, values, c * length, length);
      }
      return new NamedTensors(
          Map.of("sound", FloatTensor.of(values, sound.channels().length, length)),
          Map.of(RATE, Integer.toString(sound.sampleRateHz())));
    }

    @Override
    public Sound read(NamedTensors tensors) {
      FloatTensor sound = tensors.get("sound");
      float[][] channels = new float[sound.axis(0)][sound.axis(1)];
      for (int c = 0; c < channels.length; c++) {
        System.arraycopy(
            sound.values(), c * channels[c].length, channels[c], 0, channels[c].length);
      }
      return new Sound(channels, Integer.parseInt(text(tensors, RATE)));
    }
  }

  private static final class NoiseFit implements Kind.Fit<Noise> {
    private static final long STRIDE = 0x9E3779B97F4A7C15L;

    @Override
    public Noise part(Noise whole, Timing timing, int window) {
      return new Noise(whole.seed() + window * STRIDE);
    }

    @Override
    public Noise join(List<Noise> windows, Timing timing) {
      return windows.get(0);
    }
  }

  /** The rows of a control that belong to a window. Windows of a control are not joined. */
  private static final class ControlFit implements Kind.Fit<ControlSignal> {
    @Override
    public ControlSignal part(ControlSignal whole, Timing timing, int window) {
      int frames = timing.windowFrames();
      int width = whole.channels();
      float[] values = new float[frames * width];
      System.arraycopy(whole.values(), timing.begin(window) * width, values, 0, values.length);
      return new ControlSignal(frames, width, values);
    }

    @Override
    public ControlSignal join(List<ControlSignal> windows, Timing timing) {
      throw new UnsupportedOperationException("windows of a control cannot be joined");
    }
  }

  /** The frames of a mel that belong to a window, silence where the mel has ended. */
  private static final class MelFit implements Kind.Fit<Mel> {
    @Override
    public Mel part(Mel whole, Timing timing, int window) {
      int bands = whole.bands();
      float[] values = new float[timing.windowFrames() * bands];
      int from = timing.begin(window) * bands;
      int there = Math.max(0, Math.min(values.length, whole.values().length - from));
      System.arraycopy(whole.values(), Math.min(from, whole.values().length), values, 0, there);
      Arrays.fill(values, there, values.length, SILENCE);
      return new Mel(timing.windowFrames(), bands, values);
    }

    @Override
    public Mel join(List<Mel> windows, Timing timing) {
      throw new UnsupportedOperationException("windows of a mel cannot be joined");
    }
  }

  /**
   * Windows of sound overlap and are cross-faded with equal power (cos² + sin² = 1: they are not
   * correlated, so powers add); the result is cut to the score's length.
   */
  private static final class SoundFit implements Kind.Fit<Sound> {
    @Override
    public Sound part(Sound whole, Timing timing, int window) {
      int perFrame = samplesPerFrame(whole, timing);
      int begin = timing.begin(window) * perFrame;
      float[][] channels =
          Arrays.stream(whole.channels())
              .map(
                  channel ->
                      begin >= channel.length
                          ? new float[timing.windowFrames() * perFrame]
                          : Arrays.copyOfRange(
                              channel, begin, begin + timing.windowFrames() * perFrame))
              .toArray(float[][]::new);
      return new Sound(channels, whole.sampleRateHz());
    }

    @Override
    public Sound join(List<Sound> windows, Timing timing) {
      Sound first = windows.get(0);
      int perFrame = samplesPerFrame(first, timing);
      int fade = timing.overlapFrames() * perFrame;
      int length = (int) Math.round(timing.seconds() * first.sampleRateHz());
      float[][] joined = new float[first.channels().length][];
      for (int c = 0; c < joined.length; c++) {
        float[] whole = new float[timing.coveredFrames() * perFrame];
        for (int w = 0; w < windows.size(); w++) {
          fadeIn(
              whole,
              windows.get(w).channels()[c],
              timing.begin(w) * perFrame,
              fade,
              w > 0,
              w < windows.size() - 1);
        }
        joined[c] = Arrays.copyOf(whole, length);
      }
      return new Sound(joined, first.sampleRateHz());
    }

    private static void fadeIn(
        float[] whole, float[] samples, int at, int fade, boolean before, boolean after) {
      for (int i = 0; i < samples.length; i++) {
        double gain = 1;
        if (before && i < fade) {
          gain = StrictMath.sin(Math.PI / 2 * (i + 0.5) / fade);
        } else if (after && i >= samples.length - fade) {
          gain = StrictMath.cos(Math.PI / 2 * (i - (samples.length - fade) + 0.5) / fade);
        }
        whole[at + i] += (float) (gain * samples[i]);
      }
    }

    private static int samplesPerFrame(Sound sound, Timing timing) {
      return Math.toIntExact(
          (long) sound.sampleRateHz() * timing.hopSamples() / timing.sampleRateHz());
    }
  }

  /** Features over the whole score: time lines one after the other, vectors averaged. */
  private static final class FeatureFit implements Kind.Fit<FilmFeature> {
    @Override
    public FilmFeature part(FilmFeature whole, Timing timing, int window) {
      return whole;
    }

    @Override
    public FilmFeature join(List<FilmFeature> windows, Timing timing) {
      float[] mean = new float[windows.get(0).vector().length];
      for (FilmFeature window : windows) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += window.vector()[i] / windows.size();
        }
      }
      return new FilmFeature(
          windows.size() == 1 ? windows.get(0).vector() : mean, TimeLines.join(windows, timing));
    }
  }

  private static FloatTensor vector(float[] values) {
    return FloatTensor.of(values, values.length);
  }

  private static String text(NamedTensors tensors, String key) {
    String text = tensors.metadata().get(key);
    if (text == null) {
      throw new IllegalArgumentException("tensors: no '" + key + "' in the metadata");
    }
    return text;
  }
}
