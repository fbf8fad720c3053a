package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_STREAM;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;

import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * The time line of a film: what its picture stream really holds, told by its packets and not by a
 * header that may promise more. It begins with the first picture that can be seen, and ends with
 * the last one.
 *
 * @param packets how many
 * @param lost how many packets at the beginning belong to no picture that can be seen
 * @param start time of the first picture, in the stream's time base
 * @param end when the last picture ends, in the stream's time base
 * @param seconds from start to end
 * @param framesPerSecond average rate
 * @param edits the film's edit list, where packets must be decoded whose pictures it hides
 * @param untimed whether pictures are not decoded in the order they are shown in, and do not say
 *     when that is
 */
record PictureSpan(
    long packets,
    long lost,
    long start,
    long end,
    double seconds,
    double framesPerSecond,
    Optional<EditList> edits,
    boolean untimed) {
  private static final double USUAL_RATE = 25;

  /** The length of a whole file may be rounded to milliseconds. */
  private static final double ROUNDED_SECONDS = 0.002;

  /**
   * Reads all packets of the picture, decoding the first ones only.
   *
   * @throws MaestroException of kind INPUT when there is no picture, or more of it than is allowed
   */
  static PictureSpan of(MediaFile file) {
    AVStream stream = file.picture();
    double tick = Ffmpeg.number(stream.time_base());
    Scan scan = new Scan(file, stream);
    long giveUp = System.nanoTime() + file.limits().workSeconds() * 1_000_000_000L;
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    try (FirstPicture first = new FirstPicture(file, stream);
        PicturePackets packets = new PicturePackets(file)) {
      while (packets.read(packet)) {
        first.take(packet);
        scan.take(packet);
        av_packet_unref(packet);
        if (System.nanoTime() > giveUp) {
          throw new MaestroException(
              Kind.INPUT,
              file.name(),
              "looking through it takes longer than " + file.limits().workSeconds() + " s",
              "copy it to a faster disk, or raise maximumSeconds of media");
        }
      }
      first.take(null);
      scan.begins(first.time());
    } finally {
      av_packet_free(packet);
    }
    if (scan.shown == 0) {
      throw new MaestroException(
          Kind.INPUT, file.name(), "there is not one picture in it", "copy or download it again");
    }
    long last = end(file, scan.last, scan.lastDuration);
    Optional<EditList> edits = scan.edited ? EditList.of(file, scan.start, last) : Optional.empty();
    long end = edits.map(list -> scan.start + list.length()).orElse(last);
    double seconds = (end - scan.start) * tick;
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
        scan.packets,
        scan.lost,
        scan.start,
        end,
        seconds,
        average > 0 && average <= 1000 ? average : scan.packets / seconds,
        edits,
        scan.untimed && stream.codecpar().video_delay() > 0);
  }

  /** What has been read so far. */
  private static final class Scan {
    private final long usual;
    private final boolean hasEdits;
    private long packets;
    private long shown;
    private long lost = -1;
    private long start = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long lastDuration;
    private long next;
    private long decode = Ffmpeg.UNKNOWN_TIME;
    private boolean edited;
    private boolean untimed;

    Scan(MediaFile file, AVStream stream) {
      usual = usual(stream);
      hasEdits = file.hasEdits();
    }

    void take(AVPacket packet) {
      untimed |= packet.pts() == Ffmpeg.UNKNOWN_TIME;
      long time = packet.pts() != Ffmpeg.UNKNOWN_TIME ? packet.pts() : packet.dts();
      time = time != Ffmpeg.UNKNOWN_TIME ? time : next;
      long duration = packet.duration() > 0 ? packet.duration() : usual;
      next = time + duration;
      if (lost < 0 && (packet.flags() & AV_PKT_FLAG_KEY) != 0) {
        lost = packets;
      }
      packets++;
      if (hasEdits) {
        edited |= (packet.flags() & AV_PKT_FLAG_DISCARD) != 0 || packet.dts() <= decode;
        decode = packet.dts();
      }
      if ((packet.flags() & AV_PKT_FLAG_DISCARD) == 0) {
        shown++;
        start = Math.min(start, time);
        if (time > last) {
          last = time;
          lastDuration = duration;
        }
      }
    }

    /** The time of the first picture that can be decoded, if it is known. */
    void begins(long time) {
      boolean known = time != Ffmpeg.UNKNOWN_TIME && time >= start && time <= last;
      lost = known && time > start ? Math.max(0, lost) : 0;
      start = known ? time : start;
    }
  }

  /**
   * When the film ends: with its last picture, or earlier where the file says so. How long the last
   * one lasts is known badly in a film whose pictures come at uneven times, as files keep how long
   * it takes to the next one that is decoded.
   *
   * @param last when the last picture begins, in the picture's ticks, as the result
   * @param duration how long it lasts by its packet, or as usual
   */
  static long end(MediaFile file, long last, long duration) {
    AVStream stream = file.picture();
    AVFormatContext context = file.context();
    long end = last + Math.max(1, duration);
    if (context.duration_estimation_method() != AVFMT_DURATION_FROM_STREAM) {
      return end;
    }
    long promised = Ffmpeg.UNKNOWN_TIME;
    if (stream.duration() > 0) {
      promised =
          (stream.start_time() == Ffmpeg.UNKNOWN_TIME ? 0 : stream.start_time())
              + stream.duration();
    } else if (context.duration() > 0) {
      double start = context.start_time() == Ffmpeg.UNKNOWN_TIME ? 0 : context.start_time();
      double tick = Ffmpeg.number(stream.time_base());
      promised = Math.round((start + context.duration()) / AV_TIME_BASE / tick);
      if ((end - promised) * tick < ROUNDED_SECONDS) {
        return end;
      }
    }
    return promised > last && promised < end ? promised : end;
  }

  /** How many ticks a picture lasts at the stream's rate. */
  static long usual(AVStream stream) {
    return Math.max(1, Math.round(1 / (rate(stream) * Ffmpeg.number(stream.time_base()))));
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
