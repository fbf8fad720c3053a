package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.FrameRequest;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * Makes 8-bit RGB of one size out of decoded pictures of any size, depth and colour space, by
 * libswscale's bicubic scaler (ffmpeg's default), and turns it upright. Samples are taken as
 * square, as ffmpeg's scaler does.
 */
final class FrameScaler implements AutoCloseable {
  private final String film;
  private final Orientation orientation;
  private final int width;
  private final int height;
  private final int storedWidth;
  private final int storedHeight;
  private final SwsContext scaler = Ffmpeg.allocated(sws_alloc_context());
  private final AVFrame scaled = Ffmpeg.allocated(av_frame_alloc());

  FrameScaler(
      FilmClip clip, FrameRequest request, Orientation orientation, int threads, String film) {
    this.film = film;
    this.orientation = orientation;
    width = side(request.width(), request.height(), clip.width(), clip.height());
    height = side(request.height(), request.width(), clip.height(), clip.width());
    storedWidth = orientation.swapsSides() ? height : width;
    storedHeight = orientation.swapsSides() ? width : height;
    scaler.flags(SWS_BICUBIC).threads(threads);
    scaled.width(storedWidth).height(storedHeight).format(AV_PIX_FMT_RGB24);
    scaled.colorspace(AVCOL_SPC_RGB).color_range(AVCOL_RANGE_JPEG);
    if (av_frame_get_buffer(scaled, 0) < 0) {
      close();
      throw new MaestroException(
          Kind.RESOURCE,
          "media",
          "no memory left for a picture",
          "close other programs and run again");
    }
  }

  /**
   * One side of the wanted size: as asked for, else in proportion to the other side, else the
   * film's own.
   */
  private static int side(int asked, int otherAsked, int own, int otherOwn) {
    if (asked > 0) {
      return asked;
    }
    return otherAsked == 0
        ? own
        : (int) Math.max(1, Math.round((double) otherAsked * own / otherOwn));
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The picture as {@code [height, width, 3]}. */
  byte[] rgb(AVFrame picture) {
    int result = sws_scale_frame(scaler, scaled, picture);
    if (result < 0) {
      throw new MaestroException(
          Kind.INPUT,
          film,
          "its pictures cannot be converted to RGB (" + Ffmpeg.words(result) + ")",
          "convert it to H.264, which every player and Maestro read");
    }
    byte[] rgb = new byte[3 * storedWidth * storedHeight];
    int row = 3 * storedWidth;
    int stride = scaled.linesize(0);
    BytePointer rows = scaled.data(0);
    for (int y = 0; y < storedHeight; y++) {
      rows.position((long) y * stride).get(rgb, y * row, row);
    }
    return orientation.apply(rgb, storedWidth, storedHeight);
  }

  @Override
  public void close() {
    av_frame_free(scaled);
    sws_free_context(scaler);
  }
}
