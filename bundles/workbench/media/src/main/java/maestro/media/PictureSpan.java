package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * What a picture stream really holds, told by its packets and not by a header that may promise
 * more.
 *
 * @param packets how many
 * @param start time of the first picture, in the stream's time base
 * @param end when the last picture ends, in the stream's time base
 * @param seconds from start to end
 * @param framesPerSecond average rate
 */
record PictureSpan(long packets, long start, long end, double seconds, double framesPerSecond) {
  private static final double USUAL_RATE = 25;

  /**
   * Reads all packets of the picture, decoding none.
   *
   * @throws MaestroException of kind INPUT when there is no picture, or more of it than is allowed
   */
  static PictureSpan of(MediaFile file) {
    AVStream stream = file.picture();
    file.only(stream);
    double tick = Ffmpeg.number(stream.time_base());
    double rate = rate(stream);
    long usual = Math.max(1, Math.round(1 / (rate * tick)));
    long giveUp = System.nanoTime() + file.limits().workSeconds() * 1_000_000_000L;
    long packets = 0;
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    long next = 0;
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    try {
      while (file.read(packet, stream)) {
        long time = packet.pts() != Ffmpeg.UNKNOWN_TIME ? packet.pts() : packet.dts();
        time = time != Ffmpeg.UNKNOWN_TIME ? time : next;
        next = time + (packet.duration() > 0 ? packet.duration() : usual);
        packets++;
        start = Math.min(start, time);
        end = Math.max(end, next);
        av_packet_unref(packet);
        if (System.nanoTime() > giveUp) {
          throw new MaestroException(
              Kind.INPUT,
              file.name(),
              "looking through it takes longer than " + file.limits().workSeconds() + " s",
              "copy it to a faster disk, or raise maximumSeconds of media");
        }
      }
    } finally {
      av_packet_free(packet);
    }
    if (packets == 0) {
      throw new MaestroException(
          Kind.INPUT, file.name(), "there is not one picture in it", "copy or download it again");
    }
    double seconds = (end - start) * tick;
    if (!(seconds > 0 && seconds <= file.limits().seconds())) {
      throw new MaestroException(
          Kind.INPUT,
          file.name(),
          String.format(
              "its picture lasts %.0f s, at most %.0f s are read",
              seconds, file.limits().seconds()),
          "cut it, or raise maximumHours of media");
    }
    double average = Ffmpeg.number(stream.avg_frame_rate());
    return new PictureSpan(
        packets, start, end, seconds, average > 0 && average <= 1000 ? average : packets / seconds);
  }

  /** The rate a stream says it has, or a usual one. */
  static double rate(AVStream stream) {
    double rate = Ffmpeg.number(stream.avg_frame_rate());
    if (!(rate > 0 && rate <= 1000)) {
      rate = Ffmpeg.number(stream.r_frame_rate());
    }
    return rate > 0 && rate <= 1000 ? rate : USUAL_RATE;
  }
}
