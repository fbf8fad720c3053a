package maestro.latent.standin;

import java.util.Arrays;
import java.util.Map;
import maestro.api.control.ControlSignal;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;

/**
 * The log-mel of slow chords under a tune: register, pace, mode and loudness follow the film's
 * numbers.
 */
final class Chords {
  private static final int[] ROOTS = {0, 9, 5, 7, 2, 4};
  private static final double FLOOR = 1e-5;
  private static final double TOP_MEL = mel(8000);

  private Chords() {}

  static Mel draw(
      float[] film, double[] dice, Map<String, ControlSignal> controls, int frames, int bands) {
    double register = Math.tanh(along(film, "register")) * 5; // semitones up or down
    double pace = Math.tanh(along(film, "pace"));
    boolean minor = along(film, "mode") + dice[0] - 0.5 < 0;
    double loudness = 0.5 * Math.tanh(along(film, "loudness")); // in natural logarithms
    int chordFrames = (int) (220 - 80 * pace);
    int noteFrames = chordFrames / (pace > 0 ? 8 : 4);
    int third = minor ? 3 : 4;
    float[] values = new float[frames * bands];
    double[] power = new double[bands];
    for (int t = 0; t < frames; t++) {
      Arrays.fill(power, FLOOR);
      int chord = t / chordFrames;
      int root = 48 + ROOTS[(int) (dice[1 + chord % 30] * ROOTS.length)];
      double swell = decay(t % chordFrames, chordFrames, 0.4);
      for (int tone : new int[] {0, 7, 12, 12 + third}) {
        add(power, root + tone + register, 0.5 * swell);
      }
      int note = t / noteFrames;
      int[] scale = {0, third, 7, 12, 12 + third, 14};
      double tune = root + 24 + scale[(int) (dice[31 + note % 33] * scale.length)] + register;
      double sung = decay(t % noteFrames, noteFrames, 1.5);
      ControlSignal melody = controls.get("melody");
      if (melody != null) {
        int pitchClass = melody.argmax(t);
        tune = pitchClass < 0 ? tune : 72 + pitchClass;
        sung = pitchClass < 0 ? 0 : 1;
      }
      add(power, tune, 1.2 * sung);
      double gain = loudness + gain(controls.get("dynamics"), t);
      for (int f = 0; f < bands; f++) {
        values[t * bands + f] = (float) Math.max(Math.log(FLOOR), Math.log(power[f]) + gain);
      }
    }
    return new Mel(frames, bands, values);
  }

  /**
   * A fixed random direction in the space of film conditions, of standard deviation about 1 over
   * films.
   */
  private static double along(float[] film, String direction) {
    float[] axis = new Noise(0).gaussian("stand-in." + direction, film.length);
    double sum = 0;
    for (int i = 0; i < film.length; i++) {
      sum += film[i] * axis[i];
    }
    return sum;
  }

  private static double decay(int frame, int length, double rate) {
    double attack = Math.min(1, (frame + 1) / 4.0);
    return attack * Math.exp(-rate * frame / length);
  }

  /** Decibels about their own mean, at most 20 up or down, as a natural logarithm of magnitude. */
  private static double gain(ControlSignal dynamics, int t) {
    if (dynamics == null) {
      return 0;
    }
    double mean = 0;
    for (float value : dynamics.values()) {
      mean += value / dynamics.frames();
    }
    return Math.max(-20, Math.min(20, dynamics.at(t, 0) - mean)) * Math.log(10) / 20;
  }

  private static void add(double[] power, double midi, double amplitude) {
    double hertz = 440 * Math.pow(2, (midi - 69) / 12);
    for (int harmonic = 1; harmonic <= 5 && hertz * harmonic < 7000; harmonic++) {
      double place = mel(hertz * harmonic) / TOP_MEL * (power.length + 1) - 1;
      double level = amplitude / (harmonic * harmonic);
      for (int f = Math.max(0, (int) place - 1);
          f <= Math.min(power.length - 1, (int) place + 2);
          f++) {
        double distance = Math.abs(f - place);
        power[f] += level * Math.exp(-2 * distance * distance);
      }
    }
  }

  /** Slaney's mel scale. */
  private static double mel(double hertz) {
    return hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * Math.log(hertz / 1000) / Math.log(6.4);
  }
}
