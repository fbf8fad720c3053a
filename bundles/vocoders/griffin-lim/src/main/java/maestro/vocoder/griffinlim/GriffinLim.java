package maestro.vocoder.griffinlim;

import java.util.Arrays;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.signal.Limiter;
import maestro.signal.LogMel;
import maestro.signal.Padding;
import maestro.signal.Stft;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A vocoder without weights: magnitudes from the mel, phases by fast Griffin-Lim.
 *
 * <p>The magnitudes are those of least squared error under the mel filter bank that are not
 * negative (see {@link MelInversion}). The phases start random and are found by the fast
 * Griffin-Lim algorithm (Perraudin, Balazs and Søndergaard 2013) with momentum 0.99: make the sound
 * of the spectrogram, take its spectrogram, go a little further in the direction of the change,
 * keep the phases. The frames lie as in the log-mel front end, 432 reflected samples at both ends.
 *
 * <p>Stands in for the paper's HiFi-GAN (section 3.3) where there are no weights. The start phases
 * are the stream {@code griffin-lim} of the run. Peaks beyond full scale are turned down (see
 * {@link Limiter}), and the result says so.
 */
@Component(configurationPid = "vocoder.griffin-lim")
@Designate(ocd = GriffinLim.Settings.class)
@Plugin(name = "vocoder.griffin-lim")
public final class GriffinLim implements Vocoder {
  private static final int PADDING = (LogMel.FRAME - LogMel.HOP) / 2;
  private static final double TINY = 1e-12;

  /** Settings of the vocoder. */
  @ObjectClassDefinition(name = "Griffin-Lim vocoder")
  public @interface Settings {
    /** Rounds. */
    @AttributeDefinition(
        min = "1",
        max = "1000",
        description = "rounds of phase search; more sound smoother and take longer")
    int iterations() default 48;

    /** Momentum. */
    @AttributeDefinition(
        min = "0",
        max = "1",
        description = "how far each round goes beyond the last; 0 is the plain algorithm")
    double momentum() default 0.99;
  }

  private final int iterations;
  private final double momentum;
  private final Stft stft = new Stft(LogMel.FRAME, LogMel.HOP);
  private final MelInversion inversion = new MelInversion();

  /** Made by Declarative Services. */
  @Activate
  public GriffinLim(Settings settings) {
    this(settings.iterations(), settings.momentum());
  }

  GriffinLim(int iterations, double momentum) {
    if (iterations < 1 || !(momentum >= 0 && momentum <= 1)) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "vocoder.griffin-lim",
          "iterations is " + iterations + " and momentum " + momentum,
          "set iterations to 1 or more and momentum from 0 to 1");
    }
    this.iterations = iterations;
    this.momentum = momentum;
  }

  @Override
  public Sound vocode(Mel mel, RunContext run) {
    if (mel.bands() != LogMel.BANDS) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "vocoder.griffin-lim",
          "the mel has " + mel.bands() + " bands",
          "give one of " + LogMel.BANDS + " bands");
    }
    float[] magnitude = inversion.magnitudes(mel);
    float[] samples = search(magnitude, mel.frames(), run);
    double gain = Limiter.limit(samples);
    if (gain < 1) {
      run.remark(
          String.format(
              Locale.ROOT,
              "vocoder.griffin-lim: peaks turned down by up to %.1f dB",
              -20 * Math.log10(gain)));
    }
    return Sound.mono(samples, LogMel.SAMPLE_RATE_HZ);
  }

  private float[] search(float[] magnitude, int frames, RunContext run) {
    int size = magnitude.length;
    float[] re = new float[size];
    float[] im = new float[size];
    double[] turns = run.noise().uniform("griffin-lim", size);
    for (int i = 0; i < size; i++) {
      re[i] = (float) (magnitude[i] * Math.cos(2 * Math.PI * turns[i]));
      im[i] = (float) (magnitude[i] * Math.sin(2 * Math.PI * turns[i]));
    }
    float[] newRe = new float[size];
    float[] newIm = new float[size];
    float[] oldRe = new float[size];
    float[] oldIm = new float[size];
    float further = (float) (momentum / (1 + momentum));
    for (int round = 0; round < iterations; round++) {
      float[] padded = Padding.REFLECT.pad(samples(re, im, frames), PADDING, PADDING);
      stft.forward(padded, newRe, newIm);
      for (int i = 0; i < size; i++) {
        float a = newRe[i] - further * oldRe[i];
        float b = newIm[i] - further * oldIm[i];
        double scale = magnitude[i] / (Math.sqrt((double) a * a + (double) b * b) + TINY);
        re[i] = (float) (a * scale);
        im[i] = (float) (b * scale);
      }
      float[] swapRe = oldRe;
      float[] swapIm = oldIm;
      oldRe = newRe;
      oldIm = newIm;
      newRe = swapRe;
      newIm = swapIm;
      run.progress(round + 1L, iterations);
    }
    return samples(re, im, frames);
  }

  private float[] samples(float[] re, float[] im, int frames) {
    return Arrays.copyOfRange(stft.inverse(re, im), PADDING, PADDING + frames * LogMel.HOP);
  }
}
