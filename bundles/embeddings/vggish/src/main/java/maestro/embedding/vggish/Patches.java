package maestro.embedding.vggish;

import java.util.Arrays;
import maestro.api.sound.Sound;
import maestro.signal.Downmix;
import maestro.signal.FilterBank;
import maestro.signal.MelFilterBank;
import maestro.signal.Resampler;
import maestro.signal.Stft;

/**
 * VGGish's front end: first channel without its mean, 16 kHz, padded with silence to two seconds;
 * frames of 400 samples every 160, periodic Hann window, transform of 512, magnitudes; 64 HTK bands
 * from 125 to 7500 Hz; ln(mel + 0.01); patches of 96 frames side by side, what remains dropped.
 */
final class Patches {
  /** Frames of a patch. */
  static final int FRAMES = 96;

  /** Bands of a frame. */
  static final int BANDS = 64;

  private static final int RATE = 16_000;
  private static final int LEAST_SAMPLES = 32_000;
  private static final double OFFSET = 0.01;
  private static final Stft STFT = new Stft(512, 400, 160);
  private static final FilterBank BANK = MelFilterBank.htk(RATE, 512, BANDS, 125, 7500);

  private Patches() {}

  /** Patches of a sound, {@code [patches, 96, 64]}. */
  static float[] of(Sound sound) {
    float[] samples = Downmix.FIRST.apply(sound).clone();
    double mean = 0;
    for (float sample : samples) {
      mean += (double) sample / samples.length;
    }
    for (int n = 0; n < samples.length; n++) {
      samples[n] -= (float) mean;
    }
    float[] resampled = Resampler.resample(samples, sound.sampleRateHz(), RATE);
    return of(Arrays.copyOf(resampled, Math.max(LEAST_SAMPLES, resampled.length)));
  }

  /** Patches of samples at 16 kHz. */
  static float[] of(float[] samples) {
    double[] bands = STFT.bands(samples, Stft.Spectrum.MAGNITUDE, BANK);
    float[] patches = new float[bands.length / (FRAMES * BANDS) * FRAMES * BANDS];
    for (int i = 0; i < patches.length; i++) {
      patches[i] = (float) Math.log(bands[i] + OFFSET);
    }
    return patches;
  }
}
