package maestro.media;

/**
 * Which pictures a film shows at a steady rate, as ffmpeg's {@code fps} filter decides: a picture
 * is due at its time rounded to the nearest tick of the new rate (half away from zero), is shown
 * from then until the next one is due, and is left out when that is the same tick. The clock starts
 * with the first picture, or a number of ticks later.
 */
final class FrameClock {
  private final long skipped;
  private boolean started;
  private long next;
  private long shown;

  /** A clock that leaves out so many ticks from the first picture on. */
  FrameClock(long skipped) {
    this.skipped = skipped;
  }

  /**
   * A picture arrives.
   *
   * @param due its tick
   * @return how often the picture before it is to be shown
   */
  long arrives(long due) {
    if (!started) {
      started = true;
      next = due + skipped;
      return 0;
    }
    return advance(due);
  }

  /**
   * The film ends.
   *
   * @param due tick of the end of the last picture
   * @return how often the last picture is to be shown. A film shorter than half a tick, or than
   *     what is left out, still shows one; there ffmpeg shows none.
   */
  long ends(long due) {
    long times = advance(due);
    return shown == 0 ? Math.max(1, times) : times;
  }

  private long advance(long due) {
    long times = Math.max(0, due - next);
    next += times;
    shown += times;
    return times;
  }
}
