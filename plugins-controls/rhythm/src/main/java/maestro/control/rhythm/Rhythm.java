package maestro.control.rhythm;

import java.util.List;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import maestro.control.rhythm.Beats.Onset;
import maestro.signal.Bumps;
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

  @Override
  public int channels() {
    return 2;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    List<Onset> onsets = Beats.onsets(sound, grid, threshold);
    double strongest = onsets.stream().mapToDouble(Onset::salience).max().orElse(1);
    double framesPerSecond = (double) grid.sampleRateHz() / grid.hopSamples();
    ControlSignal rhythm = ControlSignal.zero(grid.frames(), 2);
    for (Onset onset : onsets) {
      mark(rhythm, 0, onset.seconds() * framesPerSecond, onset.salience() / strongest);
    }
    for (double seconds : Beats.of(onsets)) {
      mark(rhythm, 1, seconds * framesPerSecond, 1);
    }
    return rhythm;
  }

  private void mark(ControlSignal rhythm, int channel, double frame, double height) {
    int centre = (int) Math.min(Math.round(frame), rhythm.frames() - 1L);
    Bumps.add(rhythm.values(), rhythm.channels(), channel, centre, height, spread);
  }
}
