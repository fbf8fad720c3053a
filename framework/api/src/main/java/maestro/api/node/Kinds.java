package maestro.api.node;

import maestro.api.control.ControlSignal;
import maestro.api.control.Tempo;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NetworkPart;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;

/** The kinds of values that the paper's own nodes exchange (figure 2). */
public final class Kinds {
  /** The film, known but not decoded; comes with the job, extent FILM. */
  public static final Kind<FilmClip> FILM = Kind.ofProcess("film", FilmClip.class);

  /** The style piece from where its controls begin; comes with the job, extent FILM. */
  public static final Kind<Sound> STYLE =
      Kind.of("style", Sound.class, new Forms.SoundForm())
          .fitting(new Fits.SoundFit())
          .fittingCues(new CueFits.OfSound());

  /** Seeded noise; comes with the job. Each window has its own, the first that of a short score. */
  public static final Kind<Noise> NOISE =
      Kind.ofProcess("noise", Noise.class)
          .fitting(new Fits.NoiseFit())
          .fittingCues(new CueFits.OfNoise());

  /** Where in the film there is music; nodes with extent CUE run once for each of these cues. */
  public static final Kind<Cues> CUES = Kind.of("cues", Cues.class, new Forms.CuesForm());

  /** Scale of classifier-free guidance (section 4.1); comes with the job, extent RUN. */
  public static final Kind<Double> GUIDANCE = Kind.ofProcess("guidance", Double.class);

  /** The composer in whose style to write; extent RUN, absent for none in particular. */
  public static final Kind<String> COMPOSER =
      Kind.of("composer", String.class, new Forms.TextForm());

  /** What an encoder says of a window's part of the film. */
  public static final Kind<FilmFeature> FEATURE =
      Kind.of("feature", FilmFeature.class, new Forms.FeatureForm())
          .fitting(new Fits.FeatureFit())
          .fittingCues(new CueFits.OfFeature());

  /** The global condition c_film of a window. */
  public static final Kind<FilmCondition> CONDITION =
      Kind.of("condition", FilmCondition.class, new Forms.ConditionForm());

  /** A local control over the score, as the network is fed: mean 0, deviation 1, 0 for nothing. */
  public static final Kind<ControlSignal> CONTROL =
      Kind.of("control", ControlSignal.class, new Forms.ControlForm())
          .fitting(new Fits.ControlFit())
          .fittingCues(new CueFits.OfControl());

  /** The tempo of the score; extent FILM, absent where it has none in particular. */
  public static final Kind<Tempo> TEMPO = Kind.of("tempo", Tempo.class, new Forms.TempoForm());

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

  /** A part that another bundle brings for the denoiser's network; extent RUN. */
  public static final Kind<NetworkPart> NETWORK_PART =
      Kind.ofProcess("network-part", NetworkPart.class);

  /** The opened denoiser; extent RUN. */
  public static final Kind<Denoiser.Session> DENOISER =
      Kind.ofProcess("denoiser", Denoiser.Session.class);

  /** The opened codec; extent RUN. */
  public static final Kind<LatentCodec.Session> CODEC =
      Kind.ofProcess("codec", LatentCodec.Session.class);

  /** The guided noise predictor of a window with its schedule. */
  public static final Kind<Predictor> PREDICTOR = Kind.ofProcess("predictor", Predictor.class);

  /** A latent of a window. */
  public static final Kind<Latent> LATENT = Kind.of("latent", Latent.class, new Forms.LatentForm());

  /** A log-mel spectrogram. */
  public static final Kind<Mel> MEL =
      Kind.of("mel", Mel.class, new Forms.MelForm()).fitting(new Fits.MelFit());

  /** Music. */
  public static final Kind<Sound> SOUND =
      Kind.of("sound", Sound.class, new Forms.SoundForm())
          .fitting(new Fits.SoundFit())
          .fittingCues(new CueFits.OfSound());

  private Kinds() {}

  /**
   * A guided noise predictor.
   *
   * @param noise ε(x_t, t) with condition, controls and guidance fixed
   * @param schedule the forward process it was trained with
   */
  public record Predictor(NoisePredictor noise, NoiseSchedule schedule) {}
}
