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
import java.util.Iterator;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import maestro.signal.Bumps;
import maestro.signal.Downmix;
import maestro.signal.Resampler;
import maestro.signal.Waveforms;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Where notes begin and where the beat falls: channel 0 the strength of each onset, 0 … 1 with the
 * clip's strongest at 1, channel 1 the beats, 1 each. Every event is a raised-cosine bump around
 * its frame; bumps that meet keep the higher value.
 *
 * <p>Onsets by TarsosDSP's complex-domain detector, beats by its BeatRoot (Dixon 2001) from the
 * onsets of the whole clip; without enough onsets for a tempo the beat channel is zero. Not in the
 * paper, whose controls are melody and dynamics.
 *
 * <p>Licence: TarsosDSP is GPL-3.0, so this bundle is as well, alone in Maestro. Nothing imports
 * it.
 */
@Component(configurationPid = "control.rhythm")
@Designate(ocd = Rhythm.Settings.class)
@Plugin(name = "control.rhythm")
public final class Rhythm implements StyleControl {
  private static final int FRAME = 1024;
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

  /** Settings of the control. */
  @ObjectClassDefinition(name = "Rhythm control")
  public @interface Settings {
    /** Threshold of the peak picker. */
    @AttributeDefinition(
        min = "0.05",
        max = "1",
        description = "how far an onset must stand out; higher finds fewer")
    double threshold() default 0.3;

    /** Width of a bump. */
    @AttributeDefinition(
        min = "0",
        max = "50",
        description = "frames on each side over which the mark of an onset or beat fades out")
    int spreadFrames() default 4;
  }

  private final double threshold;
  private final int spread;

  /** Made by Declarative Services. */
  @Activate
  public Rhythm(Settings settings) {
    this(settings.threshold(), settings.spreadFrames());
  }

  Rhythm(double threshold, int spread) {
    if (!(threshold >= 0.05 && threshold <= 1) || spread < 0 || spread > 50) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "control.rhythm",
          "threshold is " + threshold + " and spreadFrames " + spread,
          "set them to 0.05 ... 1 and 0 ... 50");
    }
    this.threshold = threshold;
    this.spread = spread;
  }

  /** An onset and how far it stands out. */
  private record Onset(double seconds, double salience) {}

  @Override
  public int channels() {
    return 2;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    float[] samples =
        Waveforms.fit(
            Resampler.resample(
                Downmix.FIRST.apply(sound), sound.sampleRateHz(), grid.sampleRateHz()),
            grid.samples());
    List<Onset> onsets = onsets(samples, grid);
    double strongest = onsets.stream().mapToDouble(Onset::salience).max().orElse(1);
    double framesPerSecond = (double) grid.sampleRateHz() / grid.hopSamples();
    ControlSignal rhythm = ControlSignal.zero(grid.frames(), 2);
    for (Onset onset : onsets) {
      mark(rhythm, 0, onset.seconds() * framesPerSecond, onset.salience() / strongest);
    }
    for (double seconds : beats(onsets)) {
      mark(rhythm, 1, seconds * framesPerSecond, 1);
    }
    return rhythm;
  }

  private List<Onset> onsets(float[] samples, FrameGrid grid) {
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

  private static List<Double> beats(List<Onset> onsets) {
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

  private void mark(ControlSignal rhythm, int channel, double frame, double height) {
    int centre = (int) Math.min(Math.round(frame), rhythm.frames() - 1L);
    Bumps.add(rhythm.values(), rhythm.channels(), channel, centre, height, spread);
  }
}
