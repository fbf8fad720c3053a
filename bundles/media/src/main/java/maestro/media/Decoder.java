package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_THEORA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP3;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP4;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
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
  private final MediaFile file;
  private final AVStream stream;
  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame frame;
  private boolean draining;
  private long decoded;
  private long damaged;

  /**
   * Opens the decoder of a stream; nothing else is read from the file afterwards.
   *
   * @throws MaestroException of kind INPUT when there is no decoder for it
   */
  Decoder(MediaFile file, AVStream stream) {
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
    context.thread_count(repeatsItself(id) ? file.limits().threads() : 1);
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
