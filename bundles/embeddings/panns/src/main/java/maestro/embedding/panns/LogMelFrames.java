package maestro.embedding.panns;

import java.util.Arrays;
import maestro.api.sound.Sound;
import maestro.signal.Downmix;
import maestro.signal.FilterBank;
import maestro.signal.MelFilterBank;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import maestro.signal.Stft;

/**
 * The front end of PANNs (qiuqiangkong/torchlibrosa): centred frames with reflection, periodic Hann
 * window, power, 64 Slaney bands, 10·log₁₀ with floor −100 dB. Before it, as haoheliu/audioldm_eval
 * loads files: first channel, without its mean.
 */
final class LogMelFrames {
  private static final double FLOOR = 1e-10;

  private final int rate;
  private final int size;
  private final int hop;
  private final Stft stft;
  private final FilterBank bank;

  /** Frames of the 16 kHz network (512 samples every 160) or of the 32 kHz one (1024 every 320). */
  LogMelFrames(boolean wide) {
    rate = wide ? 32_000 : 16_000;
    size = wide ? 1024 : 512;
    hop = wide ? 320 : 160;
    stft = new Stft(size, hop);
    bank = MelFilterBank.slaney(rate, size, Cnn14.BANDS, 50, wide ? 14_000 : 8000);
  }

  /**
   * Log-mel of a sound, {@code [frames, 64]}, padded with silence to what the network needs at
   * least.
   */
  float[] of(Sound sound) {
    float[] samples = Downmix.FIRST.apply(sound).clone();
    double mean = 0;
    for (float sample : samples) {
      mean += (double) sample / samples.length;
    }
    for (int n = 0; n < samples.length; n++) {
      samples[n] -= (float) mean;
    }
    float[] resampled = Resampler.resample(samples, sound.sampleRateHz(), rate);
    int least = Math.max(Cnn14.LEAST_FRAMES * hop, size);
    return of(Arrays.copyOf(resampled, Math.max(least, resampled.length)));
  }

  /** Log-mel of samples at the network's rate, 1 + samples/hop frames. */
  float[] of(float[] samples) {
    float[] padded = Padding.REFLECT.pad(samples, size / 2, size / 2);
    double[] bands = stft.bands(padded, Stft.Spectrum.POWER, bank);
    float[] values = new float[bands.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (10 * Math.log10(Math.max(bands[i], FLOOR)));
    }
    return values;
  }
}
