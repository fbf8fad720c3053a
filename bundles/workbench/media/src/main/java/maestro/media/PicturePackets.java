package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG1VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * The packets of a film's picture, with the times that an MPEG-1 or MPEG-2 stream leaves out: a
 * picture that others lean on is shown when the next such picture is decoded.
 */
final class PicturePackets implements AutoCloseable {
  private final MediaFile file;
  private final AVStream stream;
  private final boolean mends;
  private final Deque<AVPacket> ready = new ArrayDeque<>();
  private AVPacket untimed;
  private boolean over;

  PicturePackets(MediaFile file) {
    this.file = file;
    stream = file.picture();
    int codec = stream.codecpar().codec_id();
    mends = codec == AV_CODEC_ID_MPEG1VIDEO || codec == AV_CODEC_ID_MPEG2VIDEO;
    file.only(stream);
  }

  /** The next packet; false at the end. */
  boolean read(AVPacket packet) {
    if (!mends) {
      return file.read(packet, stream);
    }
    while (!over && (ready.isEmpty() || untimed != null)) {
      AVPacket next = Ffmpeg.allocated(av_packet_alloc());
      if (file.read(next, stream)) {
        take(next);
      } else {
        av_packet_free(next);
        time(untimed == null ? 0 : untimed.dts() + PictureSpan.usual(stream));
        over = true;
      }
    }
    AVPacket first = ready.poll();
    if (first == null) {
      return false;
    }
    av_packet_unref(packet);
    av_packet_move_ref(packet, first);
    av_packet_free(first);
    return true;
  }

  private void take(AVPacket next) {
    ready.add(next);
    boolean decodes = next.dts() != Ffmpeg.UNKNOWN_TIME;
    boolean shows = next.pts() != Ffmpeg.UNKNOWN_TIME;
    if (decodes && (!shows || next.pts() > next.dts())) {
      time(next.dts());
    }
    if (decodes && !shows) {
      untimed = next;
    }
  }

  private void time(long shown) {
    if (untimed != null) {
      untimed.pts(shown);
      untimed = null;
    }
  }

  @Override
  public void close() {
    ready.forEach(packet -> av_packet_free(packet));
    ready.clear();
  }
}
