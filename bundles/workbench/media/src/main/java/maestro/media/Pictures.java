package maestro.media;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_INTERLACED;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * The pictures of a film one after the other, each a whole one: from the first on that consists of
 * two fields, all go through a {@link Deinterlacer}. A film without such pictures pays nothing.
 */
final class Pictures implements AutoCloseable {
  private final Decoder decoder;
  private final int threads;
  private final AVFrame before = Ffmpeg.allocated(av_frame_alloc());
  private final AVFrame waiting = Ffmpeg.allocated(av_frame_alloc());
  private final AVFrame whole = Ffmpeg.allocated(av_frame_alloc());
  private Deinterlacer filter;
  private boolean isWaiting;
  private boolean over;
  private int passedOver;

  Pictures(Decoder decoder, int threads) {
    this.decoder = decoder;
    this.threads = threads;
  }

  /**
   * The next picture, valid until the next call; its {@code pts} is when it is shown, in the
   * stream's ticks, if that is known.
   *
   * @return null after the last
   */
  AVFrame next() {
    while (true) {
      if (filter != null) {
        av_frame_unref(whole);
        if (filter.take(whole)) {
          if (passedOver == 0) {
            return whole;
          }
          passedOver--;
          continue;
        }
        if (filter.ended()) {
          closeFilter();
        }
      }
      AVFrame picture = decoded();
      if (picture == null) {
        if (filter == null) {
          return null;
        }
        filter.end();
      } else if (filter != null && !filter.fits(picture)) {
        keep(waiting, picture);
        isWaiting = true;
        filter.end();
      } else if (filter != null) {
        filter.put(picture);
      } else if (!Deinterlacer.isOfFields(picture) || !begin(picture)) {
        keep(before, picture);
        return picture;
      }
    }
  }

  private AVFrame decoded() {
    if (isWaiting) {
      isWaiting = false;
      return waiting;
    }
    AVFrame picture = over ? null : decoder.next();
    over = picture == null;
    if (picture != null) {
      picture.pts(picture.best_effort_timestamp());
    }
    return picture;
  }

  /**
   * Begins to filter with this picture. The one before it goes first and is not shown again: so a
   * picture comes out the same wherever the reading began before it.
   *
   * @return false when there is no filter for it; it is then a whole picture as it is
   */
  private boolean begin(AVFrame picture) {
    filter = new Deinterlacer(picture, threads);
    if (!filter.works()) {
      closeFilter();
      picture.flags(picture.flags() & ~AV_FRAME_FLAG_INTERLACED);
      return false;
    }
    if (filter.fits(before)) {
      filter.put(before);
      passedOver = 1;
    }
    av_frame_unref(before);
    filter.put(picture);
    return true;
  }

  private static void keep(AVFrame kept, AVFrame picture) {
    av_frame_unref(kept);
    Ffmpeg.filtered(av_frame_ref(kept, picture));
  }

  private void closeFilter() {
    filter.close();
    filter = null;
    passedOver = 0;
  }

  /** As {@link Decoder#seek}. */
  void seek(long time) {
    if (decoder.seek(time)) {
      if (filter != null) {
        closeFilter();
      }
      av_frame_unref(before);
      isWaiting = false;
      over = false;
    }
  }

  @Override
  public void close() {
    if (filter != null) {
      closeFilter();
    }
    av_frame_free(before);
    av_frame_free(waiting);
    av_frame_free(whole);
  }
}
