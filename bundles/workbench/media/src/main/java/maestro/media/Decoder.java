package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_THEORA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP3;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP4;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/** Decodes one stream of a file, picture or sound, passing over what is damaged. */
final class Decoder implements AutoCloseable {
  private static final int SEEK_ATTEMPTS = 4;

  private final MediaFile file;
  private final AVStream stream;
  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame frame;
  private boolean draining;
  private boolean again;
  private long decoded;
  private long damaged;

  /**
   * Opens the decoder of a stream; nothing else is read from the file afterwards.
   *
   * @throws MaestroException of kind INPUT when there is no decoder for it
   */
  Decoder(MediaFile file, AVStream stream) {
    this(file, stream, file.limits().threads());
  }

  /** As above, on so many threads; one thread hands out each picture as early as can be. */
  Decoder(MediaFile file, AVStream stream, int threads) {
    this.file = file;
    this.stream = stream;
    file.only(stream);
    int id = stream.codecpar().codec_id();
    AVCodec codec = avcodec_find_decoder(id);
    if (codec == null || codec.isNull()) {
      throw cannot("there is no decoder for " + avcodec_get_name(id).getString(), null);
    }
    context = Ffmpeg.allocated(avcodec_alloc_context3(codec));
    packet = Ffmpeg.allocated(av_packet_alloc());
    frame = Ffmpeg.allocated(av_frame_alloc());
    avcodec_parameters_to_context(context, stream.codecpar());
    context.pkt_timebase(stream.time_base());
    context.max_pixels(file.limits().pixels());
    context.thread_count(repeatsItself(id) ? threads : 1);
    int result = avcodec_open2(context, codec, (org.bytedeco.javacpp.PointerPointer<?>) null);
    if (result < 0) {
      close();
      throw cannot(
          "its " + codec.name().getString() + " decoder does not start", Ffmpeg.words(result));
    }
  }

  /**
   * Whether several threads decode the same film into the same pictures every time. FFmpeg 8.1 does
   * not with Theora: one picture in some hundred came out differently, from its own program too.
   */
  private static boolean repeatsItself(int codec) {
    return codec != AV_CODEC_ID_THEORA && codec != AV_CODEC_ID_VP3 && codec != AV_CODEC_ID_VP4;
  }

  private MaestroException cannot(String what, String why) {
    return new MaestroException(
        Kind.INPUT,
        file.name(),
        why == null ? what : what + " (" + why + ")",
        "convert it to H.264 with AAC, which every player and Maestro read");
  }

  /**
   * The next frame, valid until the next call.
   *
   * @return null after the last
   * @throws MaestroException of kind INPUT when one frame takes longer than allowed
   */
  AVFrame next() {
    if (again) {
      again = false;
      return frame;
    }
    long giveUp = System.nanoTime() + file.limits().workSeconds() * 1_000_000_000L;
    while (true) {
      int result = avcodec_receive_frame(context, frame);
      if (result == 0) {
        decoded++;
        damaged += frame.decode_error_flags() != 0 ? 1 : 0;
        return frame;
      }
      if (result == AVERROR_EOF() || draining && result != avutil.AVERROR_EAGAIN()) {
        return null;
      }
      damaged += result == avutil.AVERROR_EAGAIN() ? 0 : 1;
      send();
      if (System.nanoTime() > giveUp) {
        throw cannot("decoding gets nowhere", "nothing for " + file.limits().workSeconds() + " s");
      }
    }
  }

  private void send() {
    if (!draining && file.read(packet, stream)) {
      damaged += avcodec_send_packet(context, packet) < 0 ? 1 : 0;
      av_packet_unref(packet);
    } else {
      draining = true;
      avcodec_send_packet(context, null);
    }
  }

  /**
   * Goes on with the last picture shown at or before a time that can be decoded by itself. What
   * comes from then on is what would have come without: when that cannot be had from this container
   * or this film, every picture from the beginning is decoded.
   *
   * @param time in the stream's ticks
   * @return false when decoding goes on where it was
   */
  boolean seek(long time) {
    if (!file.knowsKeyPictures()) {
      return false;
    }
    long before = time;
    for (int attempt = 0; attempt < SEEK_ATTEMPTS; attempt++) {
      if (!file.seek(stream, before) || !file.read(packet, stream)) {
        break;
      }
      long shown = packet.pts();
      boolean itself = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
      long decoded = packet.dts();
      before = (decoded == Ffmpeg.UNKNOWN_TIME ? before : Math.min(before, decoded)) - 1;
      if (itself && shown != Ffmpeg.UNKNOWN_TIME && shown <= time && begins(shown)) {
        return true;
      }
      av_packet_unref(packet);
    }
    restart();
    file.rewind(stream);
    return true;
  }

  /**
   * Decodes one packet that somebody else read, or null after the last.
   *
   * @return when the picture is shown that came out, in the stream's ticks; unknown when none did
   */
  long shown(AVPacket next) {
    avcodec_send_packet(context, next);
    return avcodec_receive_frame(context, frame) == 0
        ? frame.best_effort_timestamp()
        : Ffmpeg.UNKNOWN_TIME;
  }

  /**
   * Decodes from the packet at hand until the picture shown at that time, which {@link #next} then
   * gives first. Pictures that lean on what lies before it are shown earlier and are passed over. A
   * film that mends its picture bit by bit instead of by whole pictures gives another one first.
   */
  private boolean begins(long shown) {
    restart();
    avcodec_send_packet(context, packet);
    av_packet_unref(packet);
    long damagedBefore = damaged;
    AVFrame first;
    do {
      first = next();
    } while (first != null && first.best_effort_timestamp() < shown);
    damaged = damagedBefore;
    again = first != null && first.best_effort_timestamp() == shown;
    return again;
  }

  private void restart() {
    avcodec_flush_buffers(context);
    draining = false;
    again = false;
  }

  /** Frames decoded so far. */
  long decoded() {
    return decoded;
  }

  /** Packets and frames so far that were damaged. */
  long damaged() {
    return damaged;
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
