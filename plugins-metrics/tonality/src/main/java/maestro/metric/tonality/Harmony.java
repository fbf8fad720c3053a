package maestro.metric.tonality;

import maestro.api.sound.Sound;
import maestro.signal.ChromaFilterBank;
import maestro.signal.FilterBank;
import maestro.signal.LongSpectrum;

/**
 * What is heard in a sound, frame by frame, ten a second.
 *
 * @param audible whether a frame can be heard
 * @param pitchClass the strongest, the lower of two alike
 * @param clearBass whether the bass is one clear note
 * @param chord clarity of its chord
 */
record Harmony(boolean[] audible, int[] pitchClass, boolean[] clearBass, double[] chord) {
  private static final LongSpectrum SPECTRUM = new LongSpectrum(1600);
  private static final FilterBank CHROMA =
      ChromaFilterBank.of(LongSpectrum.SAMPLE_RATE_HZ, LongSpectrum.WINDOW);

  static Harmony of(Sound sound) {
    int frames = SPECTRUM.frames(sound);
    double[] powers = new double[frames];
    int[] pitchClass = new int[frames];
    boolean[] clearBass = new boolean[frames];
    double[] chord = new double[frames];
    SPECTRUM.forEach(
        sound,
        (t, power) -> {
          powers[t] = LongSpectrum.sum(power);
          double[] chroma = CHROMA.of(power);
          for (int c = 0; c < chroma.length; c++) {
            chroma[c] = Math.sqrt(chroma[c]);
            pitchClass[t] = chroma[c] > chroma[pitchClass[t]] ? c : pitchClass[t];
          }
          clearBass[t] = Bass.isClear(power, powers[t]);
          chord[t] = Triads.clarity(chroma);
        });
    return new Harmony(LongSpectrum.audible(powers), pitchClass, clearBass, chord);
  }

  int frames() {
    return audible.length;
  }

  /** Share of the audible frames with a clear bass; NaN when there are none. */
  double bassClarity() {
    int heard = 0;
    int clear = 0;
    for (int t = 0; t < frames(); t++) {
      heard += audible[t] ? 1 : 0;
      clear += audible[t] && clearBass[t] ? 1 : 0;
    }
    return heard == 0 ? Double.NaN : (double) clear / heard;
  }

  /** Mean clarity of chords over the audible frames; NaN when there are none. */
  double chordClarity() {
    int heard = 0;
    double sum = 0;
    for (int t = 0; t < frames(); t++) {
      heard += audible[t] ? 1 : 0;
      sum += audible[t] ? chord[t] : 0;
    }
    return heard == 0 ? Double.NaN : sum / heard;
  }

  /**
   * Share of a real sound's audible frames whose strongest pitch class is the same here; one that
   * cannot be heard here is wrong.
   *
   * @return NaN when nothing can be heard in the real one over the common length
   */
  double agreement(Harmony real) {
    int asked = 0;
    int hit = 0;
    for (int t = 0; t < Math.min(frames(), real.frames()); t++) {
      if (real.audible[t]) {
        asked++;
        hit += audible[t] && pitchClass[t] == real.pitchClass[t] ? 1 : 0;
      }
    }
    return asked == 0 ? Double.NaN : (double) hit / asked;
  }
}
