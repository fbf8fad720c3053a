package maestro.plots;

import java.util.ArrayList;
import java.util.List;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;

/**
 * Finds the cuts of a film for a picture of it, where no encoder has said where they are: the
 * change from a frame to the next is more than three times the usual change around it. A change is
 * the share of the colours that went, by a histogram of 4×4×4, plus twice the mean difference of
 * the pixels; it has to be at least a third.
 */
public final class CutFinder {
  /** Frames small enough that finding cuts costs little beside decoding. */
  public static final FrameRequest FRAMES = new FrameRequest(12, 64, 36);

  private static final double LEAST_CHANGE = 1 / 3.0;
  private static final double TIMES_USUAL = 3;
  private static final int AROUND = 6;

  private final List<Double> times = new ArrayList<>();
  private final List<Double> changes = new ArrayList<>();
  private double[] before;
  private byte[] pixelsBefore;

  /** Looks at the next frame, in order of time. */
  public void add(Frame frame) {
    double[] colours = colours(frame);
    double change = 0;
    if (before != null) {
      for (int i = 0; i < colours.length; i++) {
        change += Math.abs(colours[i] - before[i]) / 2;
      }
      change += 2 * difference(frame.rgb(), pixelsBefore);
    }
    before = colours;
    pixelsBefore = frame.rgb();
    times.add(frame.timeSeconds());
    changes.add(change);
  }

  /** Times of the cuts so far, in seconds. */
  public List<Double> cuts() {
    List<Double> cuts = new ArrayList<>();
    for (int i = 1; i < changes.size(); i++) {
      if (changes.get(i) > LEAST_CHANGE && changes.get(i) > TIMES_USUAL * usual(i)) {
        cuts.add(times.get(i));
      }
    }
    return cuts;
  }

  private double usual(int at) {
    double sum = 0;
    int count = 0;
    for (int i = Math.max(1, at - AROUND); i < Math.min(changes.size(), at + AROUND + 1); i++) {
      if (i != at) {
        sum += changes.get(i);
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  /** Mean difference, 0 … 1; frames of one film have one size. */
  private static double difference(byte[] rgb, byte[] other) {
    long sum = 0;
    for (int i = 0; i < rgb.length; i++) {
      sum += Math.abs((rgb[i] & 0xff) - (other[i] & 0xff));
    }
    return sum / (255.0 * rgb.length);
  }

  private static double[] colours(Frame frame) {
    double[] colours = new double[64];
    byte[] rgb = frame.rgb();
    double share = 3.0 / rgb.length;
    for (int i = 0; i < rgb.length; i += 3) {
      colours[(rgb[i] & 0xc0) >> 2 | (rgb[i + 1] & 0xc0) >> 4 | (rgb[i + 2] & 0xc0) >> 6] += share;
    }
    return colours;
  }
}
