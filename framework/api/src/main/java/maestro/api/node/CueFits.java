package maestro.api.node;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.node.Timing.Span;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;

/** How the values of the paper's kinds are cut into cues and joined again. */
final class CueFits {
  private CueFits() {}

  /** The place of a moment of the film in a row of values of the score. */
  private static int place(double seconds, Timing timing, double perSecond) {
    return (int) Math.round((seconds - timing.startSeconds()) * perSecond);
  }

  /** Each cue has its own noise, which stays when cues before it come or go. */
  static final class OfNoise implements Kind.CueFit<Noise> {
    private static final long STRIDE = 0x9E3779B97F4A7C15L;

    @Override
    public Noise part(Noise whole, Timing timing, Span cue) {
      double place = cue.beginSeconds() - timing.startSeconds();
      return new Noise(whole.seed() + Double.doubleToLongBits(place) * STRIDE);
    }

    @Override
    public Noise join(List<Noise> values, Timing timing, Cues cues) {
      return values.get(0);
    }
  }

  /** The samples of a cue; joined, there is silence between cues. */
  static final class OfSound implements Kind.CueFit<Sound> {
    @Override
    public Sound part(Sound whole, Timing timing, Span cue) {
      int rate = whole.sampleRateHz();
      int begin = place(cue.beginSeconds(), timing, rate);
      int end = Math.max(begin + 1, place(cue.endSeconds(), timing, rate));
      float[][] channels =
          Arrays.stream(whole.channels())
              .map(
                  channel ->
                      begin >= channel.length
                          ? new float[end - begin]
                          : Arrays.copyOfRange(channel, begin, end))
              .toArray(float[][]::new);
      return new Sound(channels, rate);
    }

    /** A value that is longer than its cue is cut, one that is shorter is followed by silence. */
    @Override
    public Sound join(List<Sound> values, Timing timing, Cues cues) {
      Sound first = values.get(0);
      int rate = first.sampleRateHz();
      float[][] whole =
          new float[first.channels().length][(int) Math.round(timing.seconds() * rate)];
      for (int i = 0; i < values.size(); i++) {
        int begin = place(cues.spans().get(i).beginSeconds(), timing, rate);
        int end = place(cues.spans().get(i).endSeconds(), timing, rate);
        for (int c = 0; c < whole.length; c++) {
          float[] samples = values.get(i).channels()[c];
          int length = Math.min(samples.length, Math.min(end, whole[c].length) - begin);
          System.arraycopy(samples, 0, whole[c], begin, length);
        }
      }
      return new Sound(whole, rate);
    }
  }

  /** The rows of a cue; joined, the control asks for nothing (0) between cues. */
  static final class OfControl implements Kind.CueFit<ControlSignal> {
    @Override
    public ControlSignal part(ControlSignal whole, Timing timing, Span cue) {
      int begin =
          Math.min(place(cue.beginSeconds(), timing, timing.framesPerSecond()), whole.frames() - 1);
      int end = place(cue.endSeconds(), timing, timing.framesPerSecond());
      int frames = Math.max(1, Math.min(end, whole.frames()) - begin);
      int width = whole.channels();
      return new ControlSignal(
          frames,
          width,
          Arrays.copyOfRange(whole.values(), begin * width, (begin + frames) * width));
    }

    @Override
    public ControlSignal join(List<ControlSignal> values, Timing timing, Cues cues) {
      int width = values.get(0).channels();
      int frames = timing.coveredFrames();
      float[] whole = new float[frames * width];
      for (int i = 0; i < values.size(); i++) {
        Span cue = cues.spans().get(i);
        int begin =
            Math.min(place(cue.beginSeconds(), timing, timing.framesPerSecond()), frames - 1);
        int end = place(cue.endSeconds(), timing, timing.framesPerSecond());
        int rows =
            Math.min(values.get(i).frames(), Math.min(Math.max(end, begin + 1), frames) - begin);
        System.arraycopy(values.get(i).values(), 0, whole, begin * width, rows * width);
      }
      return new ControlSignal(frames, width, whole);
    }
  }

  /**
   * The vector is that of the whole, the time line is cut to the cue; joined, vectors are averaged
   * and there is no time line.
   */
  static final class OfFeature implements Kind.CueFit<FilmFeature> {
    @Override
    public FilmFeature part(FilmFeature whole, Timing timing, Span cue) {
      Optional<TimeLine> line = whole.timeLine().filter(all -> all.rows() > 0);
      return new FilmFeature(whole.vector(), line.map(all -> rows(all, timing, cue)));
    }

    private static TimeLine rows(TimeLine line, Timing timing, Span cue) {
      double perSecond = 1 / line.stepSeconds();
      int begin = Math.min(place(cue.beginSeconds(), timing, perSecond), line.rows() - 1);
      int end =
          Math.max(begin + 1, Math.min(place(cue.endSeconds(), timing, perSecond), line.rows()));
      int width = line.channels().size();
      return new TimeLine(
          line.stepSeconds(),
          line.channels(),
          Arrays.copyOfRange(line.values(), begin * width, end * width));
    }

    @Override
    public FilmFeature join(List<FilmFeature> values, Timing timing, Cues cues) {
      float[] mean = new float[values.get(0).vector().length];
      for (FilmFeature value : values) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += value.vector()[i] / values.size();
        }
      }
      return FilmFeature.of(mean);
    }
  }
}
