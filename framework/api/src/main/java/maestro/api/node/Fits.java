package maestro.api.node;

import java.util.Arrays;
import java.util.List;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmFeature;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;

/** How the values of the paper's kinds are cut into windows and joined again. */
final class Fits {
  /** The floor of a log-mel. */
  private static final float SILENCE = (float) Math.log(1e-5);

  private Fits() {}

  static final class NoiseFit implements Kind.Fit<Noise> {
    private static final long STRIDE = 0x9E3779B97F4A7C15L;

    @Override
    public Noise part(Noise whole, Timing timing, int window) {
      return new Noise(whole.seed() + window * STRIDE);
    }

    @Override
    public Noise join(List<Noise> windows, Timing timing) {
      return windows.get(0);
    }
  }

  /** The rows of a control that belong to a window. Windows of a control are not joined. */
  static final class ControlFit implements Kind.Fit<ControlSignal> {
    @Override
    public ControlSignal part(ControlSignal whole, Timing timing, int window) {
      int frames = timing.windowFrames();
      int width = whole.channels();
      float[] values = new float[frames * width];
      System.arraycopy(whole.values(), timing.begin(window) * width, values, 0, values.length);
      return new ControlSignal(frames, width, values);
    }

    @Override
    public ControlSignal join(List<ControlSignal> windows, Timing timing) {
      throw new UnsupportedOperationException("windows of a control cannot be joined");
    }
  }

  /** The frames of a mel that belong to a window, silence where the mel has ended. */
  static final class MelFit implements Kind.Fit<Mel> {
    @Override
    public Mel part(Mel whole, Timing timing, int window) {
      int bands = whole.bands();
      float[] values = new float[timing.windowFrames() * bands];
      int from = timing.begin(window) * bands;
      int there = Math.max(0, Math.min(values.length, whole.values().length - from));
      System.arraycopy(whole.values(), Math.min(from, whole.values().length), values, 0, there);
      Arrays.fill(values, there, values.length, SILENCE);
      return new Mel(timing.windowFrames(), bands, values);
    }

    @Override
    public Mel join(List<Mel> windows, Timing timing) {
      throw new UnsupportedOperationException("windows of a mel cannot be joined");
    }
  }

  /**
   * Windows of sound overlap and are cross-faded with equal power (cos² + sin² = 1: they are not
   * correlated, so powers add); the result is cut to the score's length.
   */
  static final class SoundFit implements Kind.Fit<Sound> {
    @Override
    public Sound part(Sound whole, Timing timing, int window) {
      int perFrame = samplesPerFrame(whole, timing);
      int begin = timing.begin(window) * perFrame;
      float[][] channels =
          Arrays.stream(whole.channels())
              .map(
                  channel ->
                      begin >= channel.length
                          ? new float[timing.windowFrames() * perFrame]
                          : Arrays.copyOfRange(
                              channel, begin, begin + timing.windowFrames() * perFrame))
              .toArray(float[][]::new);
      return new Sound(channels, whole.sampleRateHz());
    }

    @Override
    public Sound join(List<Sound> windows, Timing timing) {
      Sound first = windows.get(0);
      int perFrame = samplesPerFrame(first, timing);
      int fade = timing.overlapFrames() * perFrame;
      int length = (int) Math.round(timing.seconds() * first.sampleRateHz());
      float[][] joined = new float[first.channels().length][];
      for (int c = 0; c < joined.length; c++) {
        float[] whole = new float[timing.coveredFrames() * perFrame];
        for (int w = 0; w < windows.size(); w++) {
          fadeIn(
              whole,
              windows.get(w).channels()[c],
              timing.begin(w) * perFrame,
              fade,
              w > 0,
              w < windows.size() - 1);
        }
        joined[c] = Arrays.copyOf(whole, length);
      }
      return new Sound(joined, first.sampleRateHz());
    }

    private static void fadeIn(
        float[] whole, float[] samples, int at, int fade, boolean before, boolean after) {
      for (int i = 0; i < samples.length; i++) {
        double gain = 1;
        if (before && i < fade) {
          gain = StrictMath.sin(Math.PI / 2 * (i + 0.5) / fade);
        } else if (after && i >= samples.length - fade) {
          gain = StrictMath.cos(Math.PI / 2 * (i - (samples.length - fade) + 0.5) / fade);
        }
        whole[at + i] += (float) (gain * samples[i]);
      }
    }

    private static int samplesPerFrame(Sound sound, Timing timing) {
      return Math.toIntExact(
          (long) sound.sampleRateHz() * timing.hopSamples() / timing.sampleRateHz());
    }
  }

  /** Features over the whole score: time lines one after the other, vectors averaged. */
  static final class FeatureFit implements Kind.Fit<FilmFeature> {
    @Override
    public FilmFeature part(FilmFeature whole, Timing timing, int window) {
      return whole;
    }

    @Override
    public FilmFeature join(List<FilmFeature> windows, Timing timing) {
      float[] mean = new float[windows.get(0).vector().length];
      for (FilmFeature window : windows) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += window.vector()[i] / windows.size();
        }
      }
      return new FilmFeature(
          windows.size() == 1 ? windows.get(0).vector() : mean, TimeLines.join(windows, timing));
    }
  }
}
