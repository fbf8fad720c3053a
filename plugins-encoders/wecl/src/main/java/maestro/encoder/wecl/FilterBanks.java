package maestro.encoder.wecl;

import java.util.Arrays;
import maestro.signal.Fft;

/**
 * Kaldi's filter banks, as CTEN hears: windows of 25 ms every 10 ms, whole ones only; mean removed;
 * pre-emphasis 0.97; symmetric Hann window; power spectrum over the next power of two; 128
 * triangles in mel = 1127·ln(1 + f/700) from 20 Hz to half the rate; natural logarithm with a
 * floor. Then (x + 6.6268077)/(2·5.358466).
 *
 * <p>Source: pytorch/audio, torchaudio/compliance/kaldi.py; nku-zhichengzhang/CTEN,
 * datasets/ve8.py.
 */
final class FilterBanks {
  private static final int BANDS = EmotionNetwork.SOUND_BANDS;
  private static final double LOWEST_HZ = 20;
  private static final double EMPHASIS = 0.97;
  private static final float FLOOR = 1.1920929e-7f;
  private static final double MEAN = -6.6268077;
  private static final double SPREAD = 2 * 5.358466;
  private static final int AT_ONCE = 64;

  private final int window;
  private final int hop;
  private final double[] hann;
  private final double[][] triangles;
  private final Fft fft;

  /** Banks for sounds of one rate, at least 1000 samples a second. */
  FilterBanks(int sampleRateHz) {
    window = sampleRateHz / 40;
    hop = sampleRateHz / 100;
    int padded = Integer.highestOneBit(window - 1) << 1;
    fft = new Fft(padded);
    hann = new double[window];
    for (int i = 0; i < window; i++) {
      hann[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (window - 1));
    }
    triangles = triangles(sampleRateHz, padded);
  }

  /** The banks of a sound that is silent throughout. */
  static float[] ofSilence(int frames) {
    float[] banks = new float[frames * BANDS];
    Arrays.fill(banks, normalised(0));
    return banks;
  }

  /**
   * The banks of a sound, brought to a length: a shorter one is repeated, a longer one is cut into
   * equal blocks and the middle of each is taken.
   *
   * @param samples of one channel
   * @param blocks how many
   * @param perBlock frames of each block
   * @return [blocks·perBlock, 128]
   */
  float[] of(float[] samples, int blocks, int perBlock) {
    int frames = samples.length < window ? 0 : 1 + (samples.length - window) / hop;
    int wanted = blocks * perBlock;
    if (frames == 0) {
      return ofSilence(wanted);
    }
    float[] all = analyse(samples, frames);
    float[] fitted = new float[wanted * BANDS];
    int block = frames / blocks;
    for (int i = 0; i < wanted; i++) {
      int from =
          frames <= wanted
              ? i % frames
              : i / perBlock * block + (block - perBlock) / 2 + i % perBlock;
      System.arraycopy(all, from * BANDS, fitted, i * BANDS, BANDS);
    }
    return fitted;
  }

  private float[] analyse(float[] samples, int frames) {
    float[] banks = new float[frames * BANDS];
    for (int first = 0; first < frames; first += AT_ONCE) {
      int count = Math.min(AT_ONCE, frames - first);
      double[][] re = new double[fft.size()][count];
      double[][] im = new double[fft.size()][count];
      for (int i = 0; i < count; i++) {
        frame(samples, (first + i) * hop, re, i);
      }
      fft.transform(re, im);
      for (int i = 0; i < count; i++) {
        bands(re, im, i, banks, (first + i) * BANDS);
      }
    }
    return banks;
  }

  private void frame(float[] samples, int at, double[][] re, int column) {
    double mean = 0;
    for (int i = 0; i < window; i++) {
      mean += samples[at + i];
    }
    mean /= window;
    double before = samples[at] - mean;
    for (int i = 0; i < window; i++) {
      double value = samples[at + i] - mean;
      re[i][column] = (value - EMPHASIS * before) * hann[i];
      before = value;
    }
  }

  private void bands(double[][] re, double[][] im, int column, float[] banks, int to) {
    double[] power = new double[fft.size() / 2];
    for (int k = 0; k < power.length; k++) {
      double real = re[fft.position(k)][column];
      double imaginary = im[fft.position(k)][column];
      power[k] = real * real + imaginary * imaginary;
    }
    for (int band = 0; band < BANDS; band++) {
      double energy = 0;
      for (int k = 0; k < power.length; k++) {
        energy += power[k] * triangles[band][k];
      }
      banks[to + band] = normalised(energy);
    }
  }

  private static float normalised(double energy) {
    return (float) ((Math.log(Math.max(energy, FLOOR)) - MEAN) / SPREAD);
  }

  private static double[][] triangles(int sampleRateHz, int padded) {
    double lowest = mel(LOWEST_HZ);
    double step = (mel(sampleRateHz / 2.0) - lowest) / (BANDS + 1);
    double[][] triangles = new double[BANDS][padded / 2];
    for (int band = 0; band < BANDS; band++) {
      double left = lowest + band * step;
      for (int k = 0; k < padded / 2; k++) {
        double position = (mel((double) sampleRateHz * k / padded) - left) / step;
        triangles[band][k] = Math.max(0, Math.min(position, 2 - position));
      }
    }
    return triangles;
  }

  private static double mel(double hertz) {
    return 1127 * Math.log(1 + hertz / 700);
  }
}
