package maestro.api.node;

/**
 * How a score is laid out in time: windows of equal length that overlap, on the frames of the mel
 * spectrogram. The paper scores one window only and names length as a limit.
 *
 * @param sampleRateHz rate of the sound behind the frames, 16 000 Hz in the paper
 * @param hopSamples samples from one frame to the next, 160 in the paper
 * @param windowFrames frames of one window
 * @param overlapFrames frames two neighbours share
 * @param scoreFrames frames of the whole score, rounded up
 * @param startSeconds where in the film the score begins
 * @param seconds length of the score
 * @param toTheEnd whether the score lasts to the film's end
 */
public record Timing(
    int sampleRateHz,
    int hopSamples,
    int windowFrames,
    int overlapFrames,
    int scoreFrames,
    double startSeconds,
    double seconds,
    boolean toTheEnd) {
  /**
   * A piece of the film's time.
   *
   * @param beginSeconds first moment
   * @param endSeconds first moment after it; infinite for the rest of the film
   */
  public record Span(double beginSeconds, double endSeconds) {}

  /** Checks that windows move on. */
  public Timing {
    if (sampleRateHz < 1 || hopSamples < 1 || windowFrames < 1 || scoreFrames < 1) {
      throw new IllegalArgumentException("timing: nothing in it may be less than 1");
    }
    if (overlapFrames < 0 || overlapFrames > windowFrames / 2) {
      throw new IllegalArgumentException(
          "timing: an overlap of "
              + overlapFrames
              + " frames is more than half a window of "
              + windowFrames);
    }
  }

  /** Lays out a score. */
  public static Timing of(
      int sampleRateHz,
      int hopSamples,
      int windowFrames,
      double crossFadeSeconds,
      double startSeconds,
      double seconds,
      boolean toTheEnd) {
    double perSecond = (double) sampleRateHz / hopSamples;
    return new Timing(
        sampleRateHz,
        hopSamples,
        windowFrames,
        (int) Math.round(crossFadeSeconds * perSecond),
        Math.max(1, (int) Math.ceil(seconds * perSecond - 1e-6)),
        startSeconds,
        seconds,
        toTheEnd);
  }

  /** The same score as one window of its own length. */
  public Timing inOneWindow() {
    return new Timing(
        sampleRateHz, hopSamples, scoreFrames, 0, scoreFrames, startSeconds, seconds, toTheEnd);
  }

  /** Frames in a second, 100 in the paper. */
  public double framesPerSecond() {
    return (double) sampleRateHz / hopSamples;
  }

  /** Number of windows. */
  public int windows() {
    int step = windowFrames - overlapFrames;
    return scoreFrames <= windowFrames ? 1 : 1 + (scoreFrames - windowFrames + step - 1) / step;
  }

  /** First frame of a window. */
  public int begin(int window) {
    return window * (windowFrames - overlapFrames);
  }

  /** Frames all windows cover together. */
  public int coveredFrames() {
    return begin(windows() - 1) + windowFrames;
  }

  /** The part of the film that the whole score is about. */
  public Span span() {
    return new Span(startSeconds, startSeconds + seconds);
  }

  /**
   * The part of the film a window is about: what is nearer to it than to its neighbours, so that
   * every picture counts once.
   */
  public Span span(int window) {
    double begin =
        window == 0
            ? startSeconds
            : startSeconds + (begin(window) + overlapFrames / 2.0) / framesPerSecond();
    double end =
        window == windows() - 1
            ? toTheEnd ? Double.POSITIVE_INFINITY : startSeconds + seconds
            : startSeconds + (begin(window + 1) + overlapFrames / 2.0) / framesPerSecond();
    return new Span(begin, end);
  }
}
