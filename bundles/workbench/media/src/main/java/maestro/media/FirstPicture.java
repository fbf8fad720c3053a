package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * Finds when the first picture of a film is shown that can be decoded: what comes before it, in a
 * film that was cut out of another for instance, nobody sees. The film's time line begins there.
 */
final class FirstPicture implements AutoCloseable {
  /** Packets after which the search is given up. */
  private static final int PATIENCE = 300;

  private final Decoder decoder;
  private long time = Ffmpeg.UNKNOWN_TIME;
  private int packets;

  FirstPicture(MediaFile file, AVStream stream) {
    decoder = new Decoder(file, stream, 1);
  }

  /** Whether it is found, or will not be. */
  boolean isDone() {
    return time != Ffmpeg.UNKNOWN_TIME || packets > PATIENCE;
  }

  /** Takes the next packet of the picture, or null after the last. */
  void take(AVPacket packet) {
    if (!isDone()) {
      packets++;
      time = decoder.shown(packet);
    }
  }

  /** In the stream's ticks, or unknown. */
  long time() {
    return time;
  }

  /**
   * When the time line of a film that has just been opened begins, in seconds of the file; 0 when
   * nothing in it can be decoded.
   */
  static double seconds(MediaFile file) {
    AVStream stream = file.picture();
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    try (FirstPicture first = new FirstPicture(file, stream)) {
      while (!first.isDone() && file.read(packet, stream)) {
        first.take(packet);
        av_packet_unref(packet);
      }
      first.take(null);
      return first.time == Ffmpeg.UNKNOWN_TIME ? 0 : first.time * Ffmpeg.number(stream.time_base());
    } finally {
      av_packet_free(packet);
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
