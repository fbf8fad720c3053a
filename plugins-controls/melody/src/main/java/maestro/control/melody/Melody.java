package maestro.control.melody;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.affect.FilmRhythm;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.signal.Biquad;
import maestro.signal.ChromaFilterBank;
import maestro.signal.Downmix;
import maestro.signal.FilterBank;
import maestro.signal.Padding;
import maestro.signal.Resampler;
import maestro.signal.Stft;
import maestro.signal.Waveforms;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * The strongest of the twelve pitch classes of every frame, C first, as a one-hot row.
 *
 * <p>Paper, section 3.2.2: a chromagram of "window size of 260 and hop 160", arg-max per frame,
 * after Music ControlNet. A window of 260 samples cannot tell semitones apart, and 261.2 Hz (middle
 * C) is the cutoff of the high-pass that fundwotsai2001/MuseControlLite puts before its chromagram,
 * so the default profile {@code musiccontrolnet} is: high-pass at 261.2 Hz (second order, Q 0.707,
 * one pass), power spectrum of 2048 samples, librosa's chroma filter bank, arg-max, the lower class
 * on a tie. {@code seed-literal} takes the paper's words: window 260, transform 512, no high-pass.
 *
 * <p>Frames whose power is below 1e-6 of the clip's strongest frame have no melody and are all
 * zero; the paper says nothing about them.
 *
 * <p>Without a style piece it can be drawn for a film ({@link FilmMelody}), when {@code
 * filmDensity} is not 0; this is not in the paper.
 */
@Component(configurationPid = Melody.NAME)
@Designate(ocd = Melody.Settings.class)
@Plugin(
    name = Melody.NAME,
    paper = "3.2.2",
    takes = {"composer", "tempo"})
public final class Melody implements StyleControl {
  static final String NAME = "control.melody";

  private static final double CUTOFF_HZ = 261.2;
  private static final double RESONANCE = 0.707;
  private static final double AUDIBLE = 1e-6;

  /** Settings of the control. */
  @ObjectClassDefinition(name = "Melody control")
  public @interface Settings {
    /** How the chromagram is made. */
    @AttributeDefinition(
        description =
            "musiccontrolnet: high-pass at middle C, frames of 2048 samples; seed-literal: the paper's window of 260",
        options = {@Option(value = "musiccontrolnet"), @Option(value = "seed-literal")})
    String profile() default "musiccontrolnet";

    /** How often a film strikes. */
    @AttributeDefinition(
        min = "0",
        max = "4",
        description =
            "without a style piece: onsets per second at the film's middle energy, at about half"
                + " of which the melody changes; 0 does not draw it from the film")
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
            "without a style piece: a composer as often as whose notes it changes; empty, or one of whom the pack has no statistics: as often as all")
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
  private final int window;
  private final int size;
  private final boolean highPass;

  /** Made by Declarative Services. */
  @Activate
  public Melody(Settings settings) {
    this(
        settings.profile(),
        new FilmRhythm(settings.filmDensity(), settings.filmDepth()),
        settings.composer(),
        settings.filmAlways());
  }

  Melody(String profile) {
    this(profile, new FilmRhythm(0, 0), "", false);
  }

  Melody(String profile, FilmRhythm rhythm, String composer, boolean always) {
    this(
        rhythm,
        composer,
        always,
        switch (profile) {
          case "musiccontrolnet" -> 2048;
          case "seed-literal" -> 260;
          default ->
              throw new MaestroException(
                  MaestroException.Kind.CONFIGURATION,
                  NAME,
                  "setting profile is '" + profile + "'",
                  "set it to musiccontrolnet or seed-literal");
        },
        profile.equals("seed-literal") ? 512 : 2048,
        !profile.equals("seed-literal"));
  }

  Melody(int window, int size, boolean highPass) {
    this(new FilmRhythm(0, 0), "", false, window, size, highPass);
  }

  private Melody(
      FilmRhythm rhythm, String composer, boolean always, int window, int size, boolean highPass) {
    this.rhythm = rhythm;
    this.composer = composer;
    this.always = always;
    this.window = window;
    this.size = size;
    this.highPass = highPass;
  }

  @Override
  public int channels() {
    return ChromaFilterBank.CLASSES;
  }

  @Override
  public ControlSignal extract(Sound sound, FrameGrid grid) {
    int rate = grid.sampleRateHz();
    float[] samples =
        Waveforms.fit(
            Resampler.resample(Downmix.FIRST.apply(sound), sound.sampleRateHz(), rate),
            grid.samples());
    if (grid.hopSamples() > window) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "a hop of " + grid.hopSamples() + " samples is longer than its window of " + window,
          "use a finer frame grid");
    }
    if (highPass) {
      samples = Biquad.highPass(CUTOFF_HZ, RESONANCE, rate).filter(samples);
    }
    int overlap = window - grid.hopSamples();
    float[] padded = Padding.REFLECT.pad(samples, overlap / 2, overlap - overlap / 2);
    double[] bands =
        new Stft(size, window, grid.hopSamples())
            .bands(padded, Stft.Spectrum.POWER, chromaAndTotal(rate, size));
    return strongest(bands, grid.frames());
  }

  /** The highest of the notes that sound in the middle of each frame; percussion has no pitch. */
  @Override
  public Optional<ControlSignal> write(List<Note> notes, FrameGrid grid) {
    int classes = ChromaFilterBank.CLASSES;
    float[] values = new float[grid.frames() * classes];
    int[] highest = new int[grid.frames()];
    Arrays.fill(highest, -1);
    double framesPerSecond = (double) grid.sampleRateHz() / grid.hopSamples();
    for (Note note : notes) {
      // Frame t has its middle at t + 0.5 hops.
      int end = (int) Math.min(grid.frames(), Math.ceil(note.endSeconds() * framesPerSecond - 0.5));
      int begin = (int) Math.min(end, Math.ceil(note.seconds() * framesPerSecond - 0.5));
      for (int t = Math.max(0, begin); note.pitched() && t < end; t++) {
        highest[t] = Math.max(highest[t], note.pitch());
      }
    }
    for (int t = 0; t < highest.length; t++) {
      if (highest[t] >= 0) {
        values[t * classes + highest[t] % classes] = 1;
      }
    }
    return Optional.of(new ControlSignal(grid.frames(), classes, values));
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
    return new FilmMelody(rhythm.of(run, NAME, composer)).write(line, grid, run.noise());
  }

  /** The chroma filter bank with one band more, the total power. */
  private static FilterBank chromaAndTotal(int rate, int size) {
    double[][] chroma = ChromaFilterBank.of(rate, size).matrix();
    double[][] matrix = Arrays.copyOf(chroma, ChromaFilterBank.CLASSES + 1);
    matrix[ChromaFilterBank.CLASSES] = new double[size / 2 + 1];
    Arrays.fill(matrix[ChromaFilterBank.CLASSES], 1);
    return FilterBank.of(matrix);
  }

  private static ControlSignal strongest(double[] bands, int frames) {
    int classes = ChromaFilterBank.CLASSES;
    double loudest = 0;
    for (int t = 0; t < frames; t++) {
      loudest = Math.max(loudest, bands[t * (classes + 1) + classes]);
    }
    float[] values = new float[frames * classes];
    for (int t = 0; t < frames; t++) {
      int row = t * (classes + 1);
      double total = bands[row + classes];
      if (total == 0 || total < AUDIBLE * loudest) {
        continue;
      }
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = bands[row + c] > bands[row + best] ? c : best;
      }
      values[t * classes + best] = 1;
    }
    return new ControlSignal(frames, classes, values);
  }
}
