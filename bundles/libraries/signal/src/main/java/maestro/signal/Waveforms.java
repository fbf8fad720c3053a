package maestro.signal;

import java.util.Arrays;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;

/**
 * Preparation of waveforms for training and inference, as AudioLDM's loaders do it, and for
 * judging.
 */
public final class Waveforms {
  private static final int DRAWS = 10;
  private static final double AUDIBLE = 1e-4;

  private Waveforms() {}

  /**
   * A sound as a metric hears it: the mean of its channels at the wanted rate.
   *
   * @throws MaestroException of kind INPUT when a sample is not a finite number
   */
  public static float[] mono(Sound sound, int sampleRateHz) {
    float[] samples = Downmix.MEAN.apply(sound);
    for (int n = 0; n < samples.length; n++) {
      if (!Float.isFinite(samples[n])) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            "sound",
            String.format(
                Locale.ROOT,
                "the sample at %.3f s is not a finite number",
                (double) n / sound.sampleRateHz()),
            "look at the sound, or leave it out");
      }
    }
    return Resampler.resample(samples, sound.sampleRateHz(), sampleRateHz);
  }

  /**
   * A style clip as the model hears it: one channel at the wanted rate, normalised, cut or padded
   * with silence, normalised to a peak of 0.5 again. The reference divides an all-silent clip by
   * zero here; ours stays silent.
   *
   * @param samples of the result, 163 840 for 10.24 s at 16 kHz
   * @return values within −1 … 1
   */
  public static float[] forInference(Sound sound, int sampleRateHz, int samples, Downmix downmix) {
    float[] x =
        fit(
            normalise(Resampler.resample(downmix.apply(sound), sound.sampleRateHz(), sampleRateHz)),
            samples);
    double peak = peak(x);
    for (int n = 0; n < x.length && peak > 0; n++) {
      x[n] = (float) Math.max(-1, Math.min(1, x[n] / peak * 0.5));
    }
    return x;
  }

  /**
   * A random piece of a sound for training: drawn at the sound's own rate, up to ten times until
   * some sample is above 1e-4, then resampled, normalised and padded with silence at its end.
   *
   * @param samples of the result, 163 840 for 10.24 s at 16 kHz
   * @param noise where the draws come from
   * @param stream name of the draws' stream
   */
  public static float[] forTraining(
      Sound sound, int sampleRateHz, int samples, Downmix downmix, Noise noise, String stream) {
    float[] whole = downmix.apply(sound);
    int wanted = (int) ((long) sound.sampleRateHz() * samples / sampleRateHz);
    float[] piece = whole;
    if (whole.length > wanted) {
      for (double draw : noise.uniform(stream, DRAWS)) {
        int start = (int) (draw * (whole.length - wanted));
        piece = Arrays.copyOfRange(whole, start, start + wanted);
        if (peak(piece) > AUDIBLE) {
          break;
        }
      }
    }
    return fit(normalise(Resampler.resample(piece, sound.sampleRateHz(), sampleRateHz)), samples);
  }

  /** Without its mean, to a peak of 0.5: (x − mean)/(max|x − mean| + 1e-8)·0.5. */
  public static float[] normalise(float[] x) {
    double mean = 0;
    for (float value : x) {
      mean += value;
    }
    mean /= Math.max(x.length, 1);
    float[] y = new float[x.length];
    for (int n = 0; n < x.length; n++) {
      y[n] = (float) (x[n] - mean);
    }
    double peak = peak(y);
    for (int n = 0; n < x.length; n++) {
      y[n] = (float) (y[n] / (peak + 1e-8) * 0.5);
    }
    return y;
  }

  /** Cut at the end, or padded there with silence. */
  public static float[] fit(float[] x, int samples) {
    return Arrays.copyOf(x, samples);
  }

  /** The largest magnitude. */
  public static double peak(float[] x) {
    double peak = 0;
    for (float value : x) {
      peak = Math.max(peak, Math.abs(value));
    }
    return peak;
  }
}
