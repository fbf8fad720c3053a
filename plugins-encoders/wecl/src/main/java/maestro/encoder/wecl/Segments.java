package maestro.encoder.wecl;

import java.util.Map;
import java.util.TreeMap;

/**
 * The frames of a film that its segments need, found while the film goes by.
 *
 * <p>Temporal segments (Wang et al. 2016): a film of n frames, repeated from its start until it
 * fills all segments, is cut into S equal pieces of L = ⌊n/S⌋ frames, and the sixteen frames around
 * the middle of each are taken, from ⌊L/2⌋ − 8. Training and the reference's validation begin at
 * random; the middle makes it repeatable.
 *
 * <p>n is known only at the end, so frames around the expected places are kept, up to about a
 * second on either side, and so is the beginning. A film that is longer or shorter than it says by
 * more gets the nearest frames that were kept.
 */
final class Segments {
  /** Frames of one segment. */
  static final int FRAMES = 16;

  private static final int MARGIN = 32;

  private final int segments;
  private final long expected;
  private final TreeMap<Long, byte[]> kept = new TreeMap<>();
  private long count;

  /**
   * Nothing is kept yet.
   *
   * @param segments S
   * @param expected frames the film is said to have
   */
  Segments(int segments, long expected) {
    this.segments = segments;
    this.expected = Math.max(1, expected);
  }

  /** Whether the next frame may be needed. */
  boolean wantsNext() {
    if (count < (long) segments * FRAMES) {
      return true; // a film may break off long before the first expected place
    }
    if (count >= expected + MARGIN) {
      return false;
    }
    long length = length(expected);
    long fromMiddle = Math.floorMod(count, length) - length / 2;
    return Math.abs(fromMiddle) <= FRAMES / 2 + MARGIN
        || length - Math.abs(fromMiddle) <= FRAMES / 2 + MARGIN;
  }

  /** Counts the next frame, and keeps its pixels unless they are null. */
  void next(byte[] pixels) {
    if (pixels != null) {
      kept.put(count, pixels);
    }
    count++;
  }

  /** Frames that went by. */
  long count() {
    return count;
  }

  /** Whether the film turned out to be of about the length it was said to have. */
  boolean asExpected() {
    return Math.abs(count - expected) <= MARGIN;
  }

  /** How many segments begin in the first pass through the film; the rest repeats it. */
  int firstPass() {
    return (int) Math.max(1, Math.min(segments, (count + length(count) - 1) / length(count)));
  }

  /** Length of a segment in frames. */
  long length() {
    return length(count);
  }

  /** Which frame of the film is frame i of a segment. */
  long index(int segment, int i) {
    long length = length(count);
    return (segment * length + Math.max(0, length / 2 - FRAMES / 2) + i) % count;
  }

  /** Pixels of frame i of a segment. */
  byte[] pixels(int segment, int i) {
    long index = index(segment, i);
    Map.Entry<Long, byte[]> before = kept.floorEntry(index);
    Map.Entry<Long, byte[]> after = kept.ceilingEntry(index);
    if (before == null || after != null && after.getKey() - index < index - before.getKey()) {
      return after.getValue();
    }
    return before.getValue();
  }

  private long length(long frames) {
    return Math.max(frames, (long) segments * FRAMES) / segments;
  }
}
