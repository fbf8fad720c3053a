package maestro.evaluation;

import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.signal.Fft;

/**
 * Simple methods that give every table a floor. None is in the paper.
 *
 * <ul>
 *   <li>{@link #noise}: white Gaussian noise at the level of the reference.
 *   <li>{@link #phaseScrambled}: real music with its spectrum kept and its phases drawn anew, so
 *       that loudness and colour are right and everything that happens in time is gone (Theiler et
 *       al. 1992, "surrogate data").
 * </ul>
 */
public final class Baselines {
  private Baselines() {}

  /** White noise as long and as loud (root mean square) as a real piece. */
  public static Sound noise(Sound like, long seed) {
    float[] real = like.channels()[0];
    float[] values = new Noise(seed).gaussian("baseline.noise", real.length);
    double level = rms(real);
    for (int n = 0; n < values.length; n++) {
      values[n] = (float) Math.max(-1, Math.min(1, values[n] * level));
    }
    return Sound.mono(values, like.sampleRateHz());
  }

  /**
   * A real piece with random phases: same magnitudes over its whole length, clipped to full scale.
   */
  public static Sound phaseScrambled(Sound music, long seed) {
    float[] real = music.channels()[0];
    int size = Math.max(2, Integer.highestOneBit(Math.max(1, real.length - 1)) << 1);
    Fft fft = new Fft(size);
    double[][] re = new double[size][1];
    double[][] im = new double[size][1];
    for (int n = 0; n < real.length; n++) {
      re[n][0] = real[n];
    }
    fft.transform(re, im);
    double[] phases = new Noise(seed).uniform("baseline.phase", size / 2);
    double[][] scrambledRe = new double[size][1];
    double[][] scrambledIm = new double[size][1];
    scrambledRe[0][0] = re[fft.position(0)][0];
    scrambledRe[size / 2][0] = re[fft.position(size / 2)][0];
    for (int k = 1; k < size / 2; k++) {
      int at = fft.position(k);
      double magnitude = Math.hypot(re[at][0], im[at][0]);
      double angle = 2 * Math.PI * phases[k];
      scrambledRe[k][0] = magnitude * Math.cos(angle);
      scrambledIm[k][0] = magnitude * Math.sin(angle);
      scrambledRe[size - k][0] = scrambledRe[k][0];
      scrambledIm[size - k][0] = -scrambledIm[k][0];
    }
    // Exchanged parts give the inverse, exchanged likewise and size times too large.
    fft.transform(scrambledIm, scrambledRe);
    float[] values = new float[real.length];
    double level = 0;
    for (int n = 0; n < values.length; n++) {
      double sample = scrambledRe[fft.position(n)][0];
      level += sample * sample / values.length;
    }
    // The padding takes part of the energy with it; give the level back.
    double gain = level == 0 ? 0 : rms(real) / Math.sqrt(level);
    for (int n = 0; n < values.length; n++) {
      values[n] = (float) Math.max(-1, Math.min(1, scrambledRe[fft.position(n)][0] * gain));
    }
    return Sound.mono(values, music.sampleRateHz());
  }

  private static double rms(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return Math.sqrt(sum / Math.max(1, samples.length));
  }
}
