package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Sound;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Encodes a sound packet by packet, cut or padded with silence to a given length. The last frame is
 * always handed over full: FFmpeg's AAC encoder would lose up to a frame otherwise.
 */
final class SoundEncoder implements AutoCloseable {
  private static final int LARGEST_AAC_BITS_PER_CHANNEL = 160_000;
  private static final int AAC_BITS_PER_SAMPLE = 5;
  private static final int FLAC_FRAME = 4096;

  private final Sound sound;
  private final String name;
  private final long length;
  private final boolean aac;
  private final AVCodecContext context;
  private final AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
  private final AVFrame frame = Ffmpeg.allocated(av_frame_alloc());
  private long sent;

  /**
   * Opens the encoder.
   *
   * @param length samples of each channel to encode
   * @param globalHeader whether the container keeps the codec's header
   * @throws MaestroException of kind INPUT when the codec cannot hold the sound
   */
  SoundEncoder(Sound sound, long length, Container container, boolean globalHeader, String name) {
    this.sound = sound;
    this.length = length;
    this.name = name;
    aac = container.soundCodec() == AV_CODEC_ID_AAC;
    AVCodec codec = Ffmpeg.allocated(avcodec_find_encoder(container.soundCodec()));
    context = Ffmpeg.allocated(avcodec_alloc_context3(codec));
    int rate = sound.sampleRateHz();
    context.sample_rate(rate).sample_fmt(aac ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16);
    context.time_base().num(1).den(rate);
    av_channel_layout_default(context.ch_layout(), sound.channels().length);
    context.flags(AV_CODEC_FLAG_BITEXACT | (globalHeader ? AV_CODEC_FLAG_GLOBAL_HEADER : 0));
    if (aac) {
      long each = Math.min(LARGEST_AAC_BITS_PER_CHANNEL, (long) AAC_BITS_PER_SAMPLE * rate);
      context.bit_rate(each * sound.channels().length);
    }
    int result = avcodec_open2(context, codec, (PointerPointer<?>) null);
    if (result < 0) {
      close();
      throw new MaestroException(
          Kind.INPUT,
          name,
          String.format(
              "%s cannot hold sound of %d channels at %d Hz",
              aac ? "AAC" : "FLAC", sound.channels().length, rate),
          aac ? "name the result .mkv, which keeps it as FLAC" : "write it to .wav");
    }
  }

  /** Tells a stream what it will carry. */
  void describe(AVStream stream) {
    Ffmpeg.wrote(avcodec_parameters_from_context(stream.codecpar(), context), name);
    stream.time_base().num(1).den(sound.sampleRateHz());
  }

  /** Puts a packet's times into a stream's time base. */
  void rescale(AVPacket made, AVStream stream) {
    av_packet_rescale_ts(made, context.time_base(), stream.time_base());
  }

  /** Time of the next packet in seconds, at most. */
  double sentSeconds() {
    return (double) sent / sound.sampleRateHz();
  }

  /**
   * The next packet, valid until the next call.
   *
   * @return null after the last
   */
  AVPacket next() {
    while (true) {
      int result = avcodec_receive_packet(context, packet);
      if (result == 0) {
        // The padding of the last frame is not part of the soundtrack.
        packet.duration(Math.min(packet.duration(), Math.max(1, length - packet.pts())));
        return packet;
      }
      if (result != avutil.AVERROR_EAGAIN()) {
        if (result != avutil.AVERROR_EOF()) {
          Ffmpeg.wrote(result, name);
        }
        return null;
      }
      Ffmpeg.wrote(sent < length ? sendFrame() : avcodec_send_frame(context, null), name);
    }
  }

  private int sendFrame() {
    int full = context.frame_size() > 0 ? context.frame_size() : FLAC_FRAME;
    int samples = aac ? full : (int) Math.min(full, length - sent);
    av_frame_unref(frame);
    frame
        .format(context.sample_fmt())
        .sample_rate(sound.sampleRateHz())
        .nb_samples(samples)
        .pts(sent);
    av_channel_layout_copy(frame.ch_layout(), context.ch_layout());
    Ffmpeg.wrote(av_frame_get_buffer(frame, 0), name);
    if (aac) {
      putPlanes(samples);
    } else {
      putShorts(samples);
    }
    sent += samples;
    return avcodec_send_frame(context, frame);
  }

  private float at(int channel, long sample) {
    return sample < length && sample < sound.length() ? sound.channels()[channel][(int) sample] : 0;
  }

  private void putPlanes(int samples) {
    float[] plane = new float[samples];
    for (int c = 0; c < sound.channels().length; c++) {
      for (int i = 0; i < samples; i++) {
        plane[i] = Math.max(-1, Math.min(1, at(c, sent + i)));
      }
      new FloatPointer(frame.extended_data(c)).put(plane);
    }
  }

  private void putShorts(int samples) {
    int channels = sound.channels().length;
    short[] all = new short[samples * channels];
    for (int i = 0; i < samples; i++) {
      for (int c = 0; c < channels; c++) {
        all[i * channels + c] = Pcm.of(at(c, sent + i));
      }
    }
    new ShortPointer(frame.data(0)).put(all);
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
