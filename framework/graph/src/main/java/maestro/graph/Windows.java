package maestro.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.control.ControlSignal;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;

/**
 * How a score longer than the model's window is put together: windows of equal length, each with
 * its own noise and the condition of its own part of the film, overlapping and cross-faded with
 * equal power (cos² + sin² = 1: the windows are not correlated, so powers add). The paper scores
 * one window only and names length as a limit; this is a feature of the application.
 *
 * @param frames mel frames of one window
 * @param overlap mel frames two neighbours share
 * @param scoreFrames mel frames of the whole score, rounded up
 * @param startSeconds where in the film the score begins
 * @param endSeconds the first moment of the film after the score; infinite when it lasts to the end
 */
record Windows(int frames, int overlap, int scoreFrames, double startSeconds, double endSeconds) {
  /** Mel frames in a second: hop 160 at 16 kHz. */
  static final int FRAMES_PER_SECOND = 100;

  /** The floor of a log-mel. */
  private static final float SILENCE = (float) Math.log(1e-5);

  static Windows of(
      double startSeconds,
      double seconds,
      boolean toTheEnd,
      int melFrames,
      double crossFadeSeconds) {
    int scoreFrames = Math.max(1, (int) Math.ceil(seconds * FRAMES_PER_SECOND - 1e-6));
    return new Windows(
        melFrames,
        (int) Math.round(crossFadeSeconds * FRAMES_PER_SECOND),
        scoreFrames,
        startSeconds,
        toTheEnd ? Double.POSITIVE_INFINITY : startSeconds + seconds);
  }

  /** Number of windows. */
  int count() {
    return scoreFrames <= frames
        ? 1
        : 1 + (scoreFrames - frames + frames - overlap - 1) / (frames - overlap);
  }

  /** First frame of a window. */
  int begin(int window) {
    return window * (frames - overlap);
  }

  /** Frames all windows cover together. */
  int coveredFrames() {
    return begin(count() - 1) + frames;
  }

  /**
   * The part of the film a window is conditioned on: what is nearer to it than to its neighbours,
   * so that every picture counts once.
   */
  Span span(int window) {
    double begin =
        window == 0
            ? startSeconds
            : startSeconds + (begin(window) + overlap / 2.0) / FRAMES_PER_SECOND;
    double end =
        window == count() - 1
            ? endSeconds
            : startSeconds + (begin(window + 1) + overlap / 2.0) / FRAMES_PER_SECOND;
    return new Span(begin, end);
  }

  /** All spans in order. */
  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (int w = 0; w < count(); w++) {
      spans.add(span(w));
    }
    return spans;
  }

  /** The rows of a control that belong to a window. */
  ControlSignal part(ControlSignal whole, int window) {
    float[] values = new float[frames * whole.channels()];
    System.arraycopy(whole.values(), begin(window) * whole.channels(), values, 0, values.length);
    return new ControlSignal(frames, whole.channels(), values);
  }

  /** The frames of a mel that belong to a window, silence where the mel has ended. */
  Mel part(Mel whole, int window) {
    int bands = whole.bands();
    float[] values = new float[frames * bands];
    int from = begin(window) * bands;
    int there = Math.min(values.length, whole.values().length - from);
    System.arraycopy(whole.values(), from, values, 0, there);
    Arrays.fill(values, there, values.length, SILENCE);
    return new Mel(frames, bands, values);
  }

  /** Puts windows of sound together and cuts the result. */
  Sound join(List<Sound> windows, double seconds) {
    int rate = windows.get(0).sampleRateHz();
    int perFrame = rate / FRAMES_PER_SECOND;
    float[] joined = new float[coveredFrames() * perFrame];
    int fade = overlap * perFrame;
    for (int w = 0; w < windows.size(); w++) {
      float[] samples = windows.get(w).channels()[0];
      int at = begin(w) * perFrame;
      for (int i = 0; i < samples.length; i++) {
        double gain = 1;
        if (w > 0 && i < fade) {
          gain = StrictMath.sin(Math.PI / 2 * (i + 0.5) / fade);
        } else if (w < windows.size() - 1 && i >= samples.length - fade) {
          gain = StrictMath.cos(Math.PI / 2 * (i - (samples.length - fade) + 0.5) / fade);
        }
        joined[at + i] += (float) (gain * samples[i]);
      }
    }
    int length = (int) Math.round(seconds * rate);
    return Sound.mono(Arrays.copyOf(joined, length), rate);
  }
}
