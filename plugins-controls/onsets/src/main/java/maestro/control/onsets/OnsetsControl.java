package maestro.control.onsets;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.affect.FilmRhythm;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.signal.Bumps;
import maestro.signal.Downmix;
import maestro.signal.Onsets;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import maestro.signal.Waveforms;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Where notes begin, and how strongly: one channel, 0 … 1, a raised-cosine bump of nine frames
 * around each onset. Bumps that meet keep the higher value. Not in the paper, whose controls are
 * melody and dynamics.
 *
 * <p>Heard ({@link Onsets}): a peak of the onset strength that stands 0.5 dB above the mean of the
 * 0.2 s around it; its height is the strength, 1 from 6 dB on.
 *
 * <p>Drawn from a film, when {@code filmDensity} is not 0: an onset of full height at each cut, and
 * between them onsets of height 0.7, the more the more energy the film has ({@code encoder.affect};
 * {@link FilmRhythm}), on the beats of a tempo where the recipe has one.
 */
@Component(configurationPid = OnsetsControl.NAME)
@Designate(ocd = OnsetsControl.Settings.class)
@Plugin(
    name = OnsetsControl.NAME,
    takes = {"composer", "tempo"})
public final class OnsetsControl implements StyleControl {
  static final String NAME = "control.onsets";

  /** Frames on each side over which the mark of an onset fades out. */
  private static final int SPREAD = 4;

  private static final Onsets.Peaks PEAKS = new Onsets.Peaks(3, 3, 4, 5, 0.5, 1);
  private static final double FULL_DB = 6;

  // About the mean and deviation over music; fixed, so that what is drawn is scaled as what is
  // heard.
  private static final double MEAN = 0.1;
  private static final double DEVIATION = 0.2;

  private static final double PULSE_HEIGHT = 0.7;

  /** Settings of the control. */
  @ObjectClassDefinition(name = "Onsets control")
  public @interface Settings {
    /** How often a film strikes. */
    @AttributeDefinition(
        min = "0",
        max = "4",
        description =
            "without a style piece: onsets per second at the film's middle energy; 0 does not draw"
                + " it from the film")
    double filmDensity() default 0;

    /** How far a film's energy moves that. */
    @AttributeDefinition(
        min = "0",
        max = "4",
        description = "doublings at the film's greatest energy, and halvings at its least")
    double filmDepth() default 2;

    /** The composer. */
    @AttributeDefinition(
        description =
            "without a style piece: a composer as often as whose notes they are drawn; empty, or one of whom the pack has no statistics: as often as all")
    String composer() default "";

    /** Whether a style piece does not count. */
    @AttributeDefinition(
        description =
            "whether it is drawn from the film also when there is a style piece, whose tempo source.tempo may tell")
    boolean filmAlways() default false;
  }

  private final FilmRhythm rhythm;
  private final String composer;
  private final boolean always;

  /** Made by Declarative Services. */
  @Activate
  public OnsetsControl(Settings settings) {
    this(settings.filmDensity(), settings.filmDepth(), settings.composer(), settings.filmAlways());
  }

  OnsetsControl(double filmDensity, double filmDepth, String composer, boolean always) {
    this.always = always;
    this.composer = composer;
    rhythm = new FilmRhythm(filmDensity, filmDepth);
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    float[] samples =
        Waveforms.fit(
            Resampler.resample(
                Downmix.FIRST.apply(sound), sound.sampleRateHz(), Onsets.SAMPLE_RATE_HZ),
            (int) Math.ceil((double) grid.samples() / grid.sampleRateHz() * Onsets.SAMPLE_RATE_HZ));
    double[] strength = Onsets.strength(samples, Padding.REFLECT);
    ControlSignal signal = ControlSignal.zero(grid.frames(), 1);
    for (int frame : Onsets.pick(strength, PEAKS)) {
      double seconds = (double) frame * Onsets.HOP / Onsets.SAMPLE_RATE_HZ;
      mark(signal, frame(seconds, grid), Math.min(1, strength[frame] / FULL_DB));
    }
    return signal;
  }

  /** A mark at each note's beginning, as high as the note is strong; percussion too. */
  @Override
  public Optional<ControlSignal> write(List<Note> notes, FrameGrid grid) {
    ControlSignal signal = ControlSignal.zero(grid.frames(), 1);
    notes.forEach(note -> mark(signal, frame(note.seconds(), grid), note.strength()));
    return Optional.of(signal);
  }

  /** By fixed numbers near those of music, whatever the pack says. */
  @Override
  public ControlSignal standardise(ControlSignal signal, double mean, double deviation) {
    return StyleControl.super.standardise(signal, MEAN, DEVIATION);
  }

  @Override
  public boolean hears() {
    return !always;
  }

  @Override
  public boolean drawsFromFilm() {
    return rhythm.density() > 0;
  }

  @Override
  public ControlSignal draw(Map<String, TimeLine> film, FrameGrid grid, RunContext run) {
    TimeLine line = FilmRhythm.line(film, NAME);
    ControlSignal signal = ControlSignal.zero(grid.frames(), 1);
    double seconds = (double) grid.samples() / grid.sampleRateHz();
    for (FilmRhythm.Stroke stroke : rhythm.of(run, NAME, composer).strokes(line, seconds)) {
      mark(signal, frame(stroke.seconds(), grid), stroke.cut() ? 1 : PULSE_HEIGHT);
    }
    return standardise(signal, 0, 1);
  }

  private static long frame(double seconds, FrameGrid grid) {
    return Math.round(seconds * grid.sampleRateHz() / grid.hopSamples());
  }

  private static void mark(ControlSignal signal, long frame, double height) {
    Bumps.add(signal.values(), 1, 0, frame, height, SPREAD);
  }
}
