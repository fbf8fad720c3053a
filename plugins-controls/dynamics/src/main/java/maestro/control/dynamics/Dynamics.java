package maestro.control.dynamics;

import java.util.Map;
import maestro.affect.ComposerStatistics;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.signal.Downmix;
import maestro.signal.FilterBank;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import maestro.signal.SavitzkyGolay;
import maestro.signal.Stft;
import maestro.signal.Waveforms;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The level of every frame in dB, smoothed: 10·log₁₀ of the energy over all bins of the
 * spectrogram, floor −100 dB, then a Savitzky-Golay filter.
 *
 * <p>Paper, section 3.2.2: "a second-order context window, namely the Savitzky-Golay filter". Music
 * ControlNet's phrase is a one-second window; both are taken, window 101 frames (1.01 s) and order
 * 2. A clip shorter than the window is smoothed with the longest odd window that fits.
 *
 * <p>Without a style piece it can follow the film's own energy ({@code encoder.affect}, −1 … 1),
 * when {@code filmDepth} is not 0; this is not in the paper.
 */
@Component(configurationPid = Dynamics.NAME)
@Designate(ocd = Dynamics.Settings.class)
@Plugin(name = Dynamics.NAME, paper = "3.2.2", takes = "composer")
public final class Dynamics implements StyleControl {
  static final String NAME = "control.dynamics";

  private static final int FRAME = 1024;

  /** -100 dB: keeps silence finite. */
  private static final double SILENCE = 1e-10;

  /** Settings of the control. */
  @ObjectClassDefinition(name = "Dynamics control")
  public @interface Settings {
    /** Smoothing window. */
    @AttributeDefinition(min = "1", max = "9999", description = "smoothing window in frames; odd")
    int windowFrames() default 101;

    /** Degree of the polynomial. */
    @AttributeDefinition(
        min = "0",
        max = "9",
        description = "degree of the polynomial that is fitted to each window; below the window")
    int order() default 2;

    /** How far a film moves it. */
    @AttributeDefinition(
        min = "0",
        max = "3",
        description =
            "without a style piece: standard deviations that the film's greatest energy raises it,"
                + " and its least lowers it; 0 does not draw it from the film")
    double filmDepth() default 0;

    /** The composer. */
    @AttributeDefinition(
        description =
            "without a style piece: a composer about whose level it is drawn; empty, or one of whom the pack has no statistics: about that of all music")
    String composer() default "";
  }

  /**
   * Where level lies and how far it goes, in the corpus's deviations from its mean.
   *
   * @param middle the median
   * @param deviation half the distance between the quantiles 0.159 and 0.841, which fades and rests
   *     do not widen
   */
  private record Level(double middle, double deviation) {
    static final Level OF_ALL_MUSIC = new Level(0, 1);

    static Level of(Map<?, ?> figures) {
      return new Level(
          ComposerStatistics.figure(figures, "level", Double.NEGATIVE_INFINITY),
          ComposerStatistics.figure(figures, "deviation", 0));
    }
  }

  /** Channel of a film's time line that it follows. */
  private static final String ENERGY = "energy";

  private final int window;
  private final int order;
  private final double filmDepth;
  private final String composer;

  /** Made by Declarative Services. */
  @Activate
  public Dynamics(Settings settings) {
    this(settings.windowFrames(), settings.order(), settings.filmDepth(), settings.composer());
  }

  Dynamics(int window, int order, double filmDepth, String composer) {
    if (window < 1 || window % 2 == 0 || order < 0 || order >= window) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "a window of " + window + " frames cannot take a polynomial of order " + order,
          "set windowFrames to an odd number above order");
    }
    this.window = window;
    this.order = order;
    this.filmDepth = filmDepth;
    this.composer = composer;
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    if (grid.hopSamples() > FRAME) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "a hop of " + grid.hopSamples() + " samples is longer than its window of " + FRAME,
          "use a finer frame grid");
    }
    float[] samples =
        Waveforms.fit(
            Resampler.resample(
                Downmix.FIRST.apply(sound), sound.sampleRateHz(), grid.sampleRateHz()),
            grid.samples());
    double[] smooth = smooth(level(samples, grid.hopSamples()));
    float[] values = new float[smooth.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = (float) smooth[t];
    }
    return new ControlSignal(grid.frames(), 1, values);
  }

  @Override
  public boolean drawsFromFilm() {
    return filmDepth > 0;
  }

  @Override
  public ControlSignal draw(Map<String, TimeLine> film, FrameGrid grid, RunContext run) {
    TimeLine line =
        film.values().stream()
            .filter(one -> one.channels().contains(ENERGY))
            .findFirst()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.CONFIGURATION,
                        NAME,
                        "no encoder of the recipe tells the film's energy over time",
                        "add encoder.affect, or set filmDepth to 0"));
    Level level = ComposerStatistics.of(run, NAME, composer, Level::of).orElse(Level.OF_ALL_MUSIC);
    int channel = line.channels().indexOf(ENERGY);
    float[] values = new float[grid.frames()];
    for (int t = 0; t < values.length; t++) {
      double place =
          (double) t * grid.hopSamples() / grid.sampleRateHz() / line.stepSeconds() - 0.5;
      int before = (int) Math.max(0, Math.min(Math.floor(place), line.rows() - 1));
      int after = Math.min(before + 1, line.rows() - 1);
      double share = Math.max(0, Math.min(1, place - before)); // rows count from their middles
      double energy = (1 - share) * line.at(before, channel) + share * line.at(after, channel);
      values[t] = (float) (level.middle + level.deviation * filmDepth * energy);
    }
    return new ControlSignal(grid.frames(), 1, values);
  }

  /** Level of every frame in dB, before smoothing. */
  static double[] level(float[] samples, int hop) {
    int overlap = FRAME - hop;
    float[] padded = Padding.REFLECT.pad(samples, overlap / 2, overlap - overlap / 2);
    double[] level =
        new Stft(FRAME, hop).bands(padded, Stft.Spectrum.POWER, FilterBank.sum(FRAME / 2 + 1));
    for (int t = 0; t < level.length; t++) {
      level[t] = 10 * Math.log10(Math.max(level[t], SILENCE));
    }
    return level;
  }

  private double[] smooth(double[] level) {
    int longest = level.length % 2 == 0 ? level.length - 1 : level.length;
    int fitting = Math.min(window, longest);
    return new SavitzkyGolay(fitting, Math.min(order, fitting - 1)).filter(level);
  }
}
