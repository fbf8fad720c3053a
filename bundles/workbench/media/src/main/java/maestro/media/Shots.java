package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.util.ArrayDeque;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Decoded pictures on their way from the decoder to one reader, a bounded queue. Pictures are
 * shared by reference count, not copied; each is owned by the queue until taken, then by the taker.
 */
final class Shots {
  private static final long LOOK_UP_MILLIS = 50;

  /** A picture and how often it is to be shown. */
  record Shot(AVFrame picture, long times) {}

  private final ArrayDeque<Shot> waiting = new ArrayDeque<>();
  private final int capacity;
  private boolean closed;
  private boolean ended;
  private RuntimeException failure;

  Shots(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Queues a picture, waiting for room.
   *
   * @param whileWaiting called now and then; may throw
   * @return false when the reader has left
   */
  synchronized boolean offer(AVFrame picture, long times, Runnable whileWaiting) {
    while (waiting.size() >= capacity && !closed) {
      whileWaiting.run();
      pause();
    }
    if (!closed) {
      waiting.add(new Shot(Ffmpeg.allocated(av_frame_clone(picture)), times));
      notifyAll();
    }
    return !closed;
  }

  /** Whether the reader has left. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** The next picture, or null after the last; throws what ended the reading. */
  synchronized Shot take() {
    while (waiting.isEmpty() && !ended && failure == null) {
      pause();
    }
    if (failure != null) {
      throw failure;
    }
    Shot shot = waiting.poll();
    notifyAll();
    return shot;
  }

  private void pause() {
    try {
      wait(LOOK_UP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          Kind.CANCELLED,
          "media",
          "interrupted while a film was read",
          "start it again to continue");
    }
  }

  /** There are no more pictures. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The reader shall stop with that error. */
  synchronized void fail(RuntimeException error) {
    failure = failure == null ? error : failure;
    notifyAll();
  }

  /** The reader has left; pictures under way are freed. */
  synchronized void close() {
    closed = true;
    waiting.forEach(shot -> av_frame_free(shot.picture()));
    waiting.clear();
    notifyAll();
  }
}
