package maestro.signal;

import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.sound.Mel;
import maestro.api.sound.MelFrontEnd;
import maestro.api.sound.Sound;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * AudioLDM's log-mel front end: 16 kHz, frames of 1024 samples every 160, periodic Hann window,
 * magnitudes, 64 Slaney bands from 0 to 8000 Hz, natural logarithm with floor 1e-5, no
 * normalisation (paper, appendix C).
 *
 * <p>Frame t starts 432 samples before sample 160·t, with the signal reflected at its ends, as in
 * AudioLDM's training code; its inference code reflects 512 instead, which {@code
 * melPadding=center} offers. A last piece shorter than the hop is filled up with silence.
 */
@Component(configurationPid = "signal")
@Designate(ocd = LogMel.Settings.class)
@Plugin(name = "signal", paper = "C")
public final class LogMel implements MelFrontEnd {
  /** Sample rate of the sound behind a mel. */
  public static final int SAMPLE_RATE_HZ = 16_000;

  /** Samples of a frame. */
  public static final int FRAME = 1024;

  /** Samples between two frames. */
  public static final int HOP = 160;

  /** Mel bands. */
  public static final int BANDS = 64;

  /** The smallest magnitude that is told from silence. */
  public static final double FLOOR = 1e-5;

  private static final FilterBank BANK =
      MelFilterBank.slaney(SAMPLE_RATE_HZ, FRAME, BANDS, 0, 8000);
  private static final Stft STFT = new Stft(FRAME, HOP);

  /** Settings of the front end. */
  @ObjectClassDefinition(name = "Log-mel front end")
  public @interface Settings {
    /** Where frames lie. */
    @AttributeDefinition(
        description =
            "training: frames as in AudioLDM's training code; center: 5 ms earlier, as in its inference code",
        options = {@Option(value = "training"), @Option(value = "center")})
    String melPadding() default "training";

    /** How many channels become one. */
    @AttributeDefinition(
        description = "first: the first channel alone; mean: the mean of all channels",
        options = {@Option(value = "first"), @Option(value = "mean")})
    String downmix() default "first";
  }

  private final int padding;
  private final Downmix downmix;

  /** Made by Declarative Services. */
  @Activate
  public LogMel(Settings settings) {
    this(settings.melPadding(), settings.downmix());
  }

  /** The default front end, for code that needs no service. */
  public LogMel() {
    this("training", "first");
  }

  LogMel(String melPadding, String downmix) {
    this.padding =
        switch (melPadding) {
          case "training" -> (FRAME - HOP) / 2;
          case "center" -> FRAME / 2;
          default -> throw unknown("melPadding", melPadding, "training or center");
        };
    this.downmix =
        switch (downmix) {
          case "first" -> Downmix.FIRST;
          case "mean" -> Downmix.MEAN;
          default -> throw unknown("downmix", downmix, "first or mean");
        };
  }

  @Override
  public int sampleRateHz() {
    return SAMPLE_RATE_HZ;
  }

  @Override
  public int hopLength() {
    return HOP;
  }

  @Override
  public int bands() {
    return BANDS;
  }

  @Override
  public Mel mel(Sound sound) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "signal",
          "the sound is empty",
          "give one with at least one sample");
    }
    return mel(Resampler.resample(downmix.apply(sound), sound.sampleRateHz(), SAMPLE_RATE_HZ));
  }

  /**
   * The mel of samples at 16 kHz.
   *
   * @param samples at least one
   * @return samples/160 frames, rounded up
   */
  public Mel mel(float[] samples) {
    int frames = (samples.length + HOP - 1) / HOP;
    float[] padded = Padding.REFLECT.pad(Waveforms.fit(samples, frames * HOP), padding, padding);
    double[] bands = STFT.bands(padded, Stft.Spectrum.MAGNITUDE, BANK);
    float[] values = new float[frames * BANDS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Logarithm.of(bands[i] < FLOOR ? FLOOR : bands[i]);
    }
    return new Mel(frames, BANDS, values);
  }

  private static MaestroException unknown(String setting, String value, String allowed) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "signal",
        "setting " + setting + " is '" + value + "'",
        "set it to " + allowed);
  }
}
