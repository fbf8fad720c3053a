package maestro.control.rhythm;

import be.tarsos.dsp.AudioEvent;
import be.tarsos.dsp.beatroot.Agent;
import be.tarsos.dsp.beatroot.AgentList;
import be.tarsos.dsp.beatroot.Event;
import be.tarsos.dsp.beatroot.EventList;
import be.tarsos.dsp.beatroot.Induction;
import be.tarsos.dsp.io.TarsosDSPAudioFormat;
import be.tarsos.dsp.onsets.ComplexOnsetDetector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import maestro.api.control.FrameGrid;
import maestro.api.control.Tempo;
import maestro.api.sound.Sound;
import maestro.signal.Downmix;
import maestro.signal.Resampler;
import maestro.signal.Waveforms;

/**
 * Onsets by TarsosDSP's complex-domain detector, beats by its BeatRoot (Dixon 2001), and the steady
 * tempo that is nearest to these.
 */
final class Beats {
  private static final int FRAME = 1024;
  private static final int LEAST_BEATS = 4;
  private static final double LEAST_INTERVAL_SECONDS = 0.05;
  private static final double SILENCE_DB = -70;

  /**
   * The detector drops an onset in the first instant of its clock, so the clip starts a second
   * later on it.
   */
  private static final double LEAD_SECONDS = 1;

  /**
   * From an onset to the middle of the frame the detector reports it for: found on clicks, see the
   * test.
   */
  private static final double DELAY_FRAMES = 1;

  /** BeatRoot keeps its state in static fields. */
  private static final Object BEAT_ROOT = new Object();

  private Beats() {}

  /** An onset and how far it stands out. */
  record Onset(double seconds, double salience) {}

  /**
   * The onsets of a sound, in order.
   *
   * @param grid how far, and in which steps
   * @param threshold how far an onset must stand out, 0.05 … 1
   */
  static List<Onset> onsets(Sound sound, FrameGrid grid, double threshold) {
    float[] samples =
        Waveforms.fit(
            Resampler.resample(
                Downmix.FIRST.apply(sound), sound.sampleRateHz(), grid.sampleRateHz()),
            grid.samples());
    int hop = grid.hopSamples();
    int rate = grid.sampleRateHz();
    // The detector's level is the root mean square over the square root of the frame length, hence
    // the correction.
    ComplexOnsetDetector detector =
        new ComplexOnsetDetector(
            FRAME, threshold, LEAST_INTERVAL_SECONDS, SILENCE_DB - 10 * Math.log10(FRAME));
    List<Onset> onsets = new ArrayList<>();
    double delay = LEAD_SECONDS + DELAY_FRAMES * hop / rate;
    detector.setHandler(
        (seconds, salience) -> {
          double onset = Math.max(0, seconds - delay);
          if (onset * rate < samples.length) {
            onsets.add(new Onset(onset, salience));
          }
        });
    TarsosDSPAudioFormat format = new TarsosDSPAudioFormat(rate, 16, 1, true, false);
    long lead = (long) (LEAD_SECONDS * rate);
    // A few frames more than the grid, so that the peak picker sees what follows the last onset.
    for (int t = -8; t < grid.frames() + 8; t++) {
      float[] frame = new float[FRAME];
      int start = t * hop - FRAME / 2;
      for (int n = Math.max(0, -start); n < FRAME && start + n < samples.length; n++) {
        frame[n] = samples[start + n];
      }
      AudioEvent event = new AudioEvent(format);
      event.setFloatBuffer(frame);
      event.setBytesProcessed(2 * (lead + (long) t * hop));
      detector.process(event);
    }
    return onsets;
  }

  /** The beats of a whole piece in seconds, from its onsets; none without enough of them. */
  static List<Double> of(List<Onset> onsets) {
    List<Double> beats = new ArrayList<>();
    EventList events = new EventList();
    for (Onset onset : onsets) {
      // BeatRoot was tuned on a clock of ten milliseconds.
      double seconds = Math.round(onset.seconds() * 100) / 100.0;
      Event event = new Event(seconds, seconds, seconds, 56, 64, 0, 0, 1);
      event.salience = onset.salience();
      events.add(event);
    }
    synchronized (BEAT_ROOT) {
      AgentList agents = Induction.beatInduction(events);
      agents.beatTrack(events, -1);
      Agent best = agents.bestAgent();
      if (best != null) {
        best.fillBeats(-1);
        for (Iterator<Event> beat = best.events.iterator(); beat.hasNext(); ) {
          beats.add(beat.next().keyDown);
        }
      }
    }
    return beats;
  }

  /**
   * The tempo of beats: a straight line through their times, by least squares. A beat that is
   * missing does not move the others.
   *
   * @return empty for fewer than four beats
   */
  static Optional<Tempo> tempo(List<Double> beats) {
    if (beats.size() < LEAST_BEATS) {
      return Optional.empty();
    }
    double[] apart = new double[beats.size() - 1];
    for (int i = 0; i < apart.length; i++) {
      apart[i] = beats.get(i + 1) - beats.get(i);
    }
    Arrays.sort(apart);
    double typical = apart[apart.length / 2];
    double[] number = new double[beats.size()];
    double meanNumber = 0;
    double meanTime = 0;
    for (int i = 0; i < number.length; i++) {
      number[i] =
          i == 0
              ? 0
              : number[i - 1] + Math.max(1, Math.rint((beats.get(i) - beats.get(i - 1)) / typical));
      meanNumber += number[i] / number.length;
      meanTime += beats.get(i) / number.length;
    }
    double both = 0;
    double square = 0;
    for (int i = 0; i < number.length; i++) {
      both += (number[i] - meanNumber) * (beats.get(i) - meanTime);
      square += (number[i] - meanNumber) * (number[i] - meanNumber);
    }
    double beat = both / square;
    return Optional.of(new Tempo(beat, meanTime - beat * meanNumber));
  }
}
