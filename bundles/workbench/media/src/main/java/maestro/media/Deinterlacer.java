package maestro.media;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_INTERLACED;
import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_link;

import java.util.ArrayDeque;
import java.util.Locale;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Makes one whole picture of the two fields of each, by FFmpeg's {@code bwdif} filter. A picture
 * that is not of two fields goes through unchanged. What comes out for a picture depends on it and
 * on the ones just before and after it.
 */
final class Deinterlacer implements AutoCloseable {
  /** When a picture that is within the filter is shown, and for how long. */
  private record Moment(long time, long duration) {}

  private final AVFilterGraph graph = Ffmpeg.allocated(avfilter_graph_alloc());
  private final AVFilterContext source = new AVFilterContext(null);
  private final AVFilterContext filter = new AVFilterContext(null);
  private final AVFilterContext sink = new AVFilterContext(null);
  private final ArrayDeque<Moment> moments = new ArrayDeque<>();
  private final int width;
  private final int height;
  private final int format;
  private final boolean works;
  private boolean ended;

  /** A filter for pictures of the size and format of this one. */
  Deinterlacer(AVFrame like, int threads) {
    width = like.width();
    height = like.height();
    format = like.format();
    graph.nb_threads(threads);
    String input =
        String.format(
            Locale.ROOT,
            "video_size=%dx%d:pix_fmt=%d:time_base=1/1000:pixel_aspect=1/1:colorspace=%d:range=%d",
            width,
            height,
            format,
            like.colorspace(),
            like.color_range());
    works =
        add(source, "buffer", input)
            && add(filter, "bwdif", "mode=send_frame:parity=auto:deint=interlaced")
            && add(sink, "buffersink", null)
            && avfilter_link(source, 0, filter, 0) >= 0
            && avfilter_link(filter, 0, sink, 0) >= 0
            && avfilter_graph_config(graph, null) >= 0;
  }

  private boolean add(AVFilterContext context, String name, String settings) {
    return avfilter_graph_create_filter(
            context, avfilter_get_by_name(name), name, settings, null, graph)
        >= 0;
  }

  static boolean isOfFields(AVFrame picture) {
    return (picture.flags() & AV_FRAME_FLAG_INTERLACED) != 0;
  }

  /** Whether there is a filter for such pictures; there is none for three lines, for instance. */
  boolean works() {
    return works;
  }

  /** Whether a picture is of the size and format of this filter. */
  boolean fits(AVFrame picture) {
    return picture.width() == width && picture.height() == height && picture.format() == format;
  }

  /** Takes the next picture. */
  void put(AVFrame picture) {
    moments.add(new Moment(picture.pts(), picture.duration()));
    Ffmpeg.filtered(av_buffersrc_add_frame_flags(source, picture, AV_BUFFERSRC_FLAG_KEEP_REF));
  }

  /** There are no more pictures. */
  void end() {
    ended = true;
    Ffmpeg.filtered(av_buffersrc_add_frame_flags(source, null, 0));
  }

  /** Whether {@link #end} was called. */
  boolean ended() {
    return ended;
  }

  /** Hands out the next picture, if it is ready. */
  boolean take(AVFrame into) {
    int result = av_buffersink_get_frame(sink, into);
    if (result == avutil.AVERROR_EAGAIN() || result == avutil.AVERROR_EOF() || moments.isEmpty()) {
      return false;
    }
    Ffmpeg.filtered(result);
    Moment moment = moments.remove();
    into.pts(moment.time()).duration(moment.duration());
    into.flags(into.flags() & ~AV_FRAME_FLAG_INTERLACED);
    return true;
  }

  @Override
  public void close() {
    avfilter_graph_free(graph);
  }
}
