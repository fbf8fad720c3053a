package maestro.api.control;

/**
 * The frames a control is sampled on: the mel frames of the clip it steers.
 *
 * @param frames T
 * @param sampleRateHz rate of the sound the grid is laid over
 * @param hopSamples samples from one frame to the next
 */
public record FrameGrid(int frames, int sampleRateHz, int hopSamples) {
  /** The paper's grid: 1024 frames of 160 samples at 16 kHz, 10.24 s. */
  public static final FrameGrid PAPER = new FrameGrid(1024, 16_000, 160);

  /** Checks that all are positive. */
  public FrameGrid {
    if (frames < 1 || sampleRateHz < 1 || hopSamples < 1) {
      throw new IllegalArgumentException(
          "frame grid: "
              + frames
              + " frames of "
              + hopSamples
              + " samples at "
              + sampleRateHz
              + " Hz");
    }
  }

  /** The same grid with another number of frames. */
  public FrameGrid withFrames(int count) {
    return new FrameGrid(count, sampleRateHz, hopSamples);
  }

  /** Samples the grid covers. */
  public int samples() {
    return Math.multiplyExact(frames, hopSamples);
  }
}
