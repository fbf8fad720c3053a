package maestro.media;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_INTERLACED;
import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_TOP_FIELD_FIRST;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_INTERLACED_DCT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_INTERLACED_ME;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_BB;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_TT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import maestro.api.film.Frame;
import maestro.api.sound.Sound;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Makes small films. Picture n is grey, its upper half a row of eight blocks that spell n in binary
 * (the leftmost is the highest bit), its lower half a slope that gets brighter to the right, so
 * that a test can tell which picture it sees and which way up it is.
 */
record TestFilm(
    String encoder,
    String pixels,
    int width,
    int height,
    int rate,
    int pictures,
    IntToLongFunction time,
    Sound sound,
    int[] turn,
    Fields fields,
    Consumer<AVCodecContext> coding) {
  /**
   * Which pictures are of two fields, taken half a picture apart.
   *
   * @param from number of the first of them
   * @param topFirst whether the field of the upper lines is the earlier one
   */
  record Fields(int from, boolean topFirst) {}

  /** Ticks of a picture in MP4 and MOV. */
  static final int TIME_SCALE = 512;

  /** Half a second of a small MPEG-4 film without sound. */
  static TestFilm small() {
    return new TestFilm("mpeg4", "yuv420p", 96, 64, 24, 12, n -> n, null, null, null, coder -> {});
  }

  TestFilm encoder(String name, String pixelFormat) {
    return new TestFilm(
        name, pixelFormat, width, height, rate, pictures, time, sound, turn, fields, coding);
  }

  TestFilm size(int newWidth, int newHeight) {
    return new TestFilm(
        encoder, pixels, newWidth, newHeight, rate, pictures, time, sound, turn, fields, coding);
  }

  TestFilm length(int newPictures, int newRate) {
    return new TestFilm(
        encoder, pixels, width, height, newRate, newPictures, time, sound, turn, fields, coding);
  }

  /** Time of each picture in ticks of the rate. */
  TestFilm times(IntToLongFunction newTime) {
    return new TestFilm(
        encoder, pixels, width, height, rate, pictures, newTime, sound, turn, fields, coding);
  }

  /** A tone of as many seconds as given. */
  TestFilm tone(double seconds) {
    return sound(tone(seconds, 1));
  }

  TestFilm sound(Sound newSound) {
    return new TestFilm(
        encoder, pixels, width, height, rate, pictures, time, newSound, turn, fields, coding);
  }

  /** Pictures of two fields. */
  TestFilm fields(int from, boolean topFirst) {
    return new TestFilm(
        encoder,
        pixels,
        width,
        height,
        rate,
        pictures,
        time,
        sound,
        turn,
        new Fields(from, topFirst),
        coding);
  }

  /** More about the encoder. */
  TestFilm coding(Consumer<AVCodecContext> newCoding) {
    return new TestFilm(
        encoder, pixels, width, height, rate, pictures, time, sound, turn, fields, newCoding);
  }

  /** Upper left 2 x 2 of the display matrix. */
  TestFilm turned(int... matrix) {
    return new TestFilm(
        encoder, pixels, width, height, rate, pictures, time, sound, matrix, fields, coding);
  }

  /** 440 Hz at 16 kHz, half of full scale. */
  static Sound tone(double seconds, int channels) {
    float[][] samples = new float[channels][(int) Math.round(16_000 * seconds)];
    for (float[] channel : samples) {
      for (int i = 0; i < channel.length; i++) {
        channel[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / 16_000));
      }
    }
    return new Sound(samples, 16_000);
  }

  /** The number a picture spells. */
  static int number(Frame frame) {
    int number = 0;
    for (int bit = 0; bit < 8; bit++) {
      int x = (2 * bit + 1) * frame.width() / 16;
      int green = frame.rgb()[3 * (frame.height() / 4 * frame.width() + x) + 1] & 0xFF;
      number = 2 * number + (green > 128 ? 1 : 0);
    }
    return number;
  }

  /** Brightness at a place given in parts of width and height. */
  static int brightness(Frame frame, double x, double y) {
    int column = (int) (x * frame.width());
    int row = (int) (y * frame.height());
    return frame.rgb()[3 * (row * frame.width() + column) + 1] & 0xFF;
  }

  /** Writes the film; the ending of the name says the container. */
  Path write(Path file) {
    Ffmpeg.load();
    AVFormatContext context = new AVFormatContext(null);
    must(avformat_alloc_output_context2(context, null, null, file.toString()));
    boolean header = (context.oformat().flags() & AVFMT_GLOBALHEADER) != 0;
    AVStream stream = avformat_new_stream(context, null);
    AVCodec codec = Ffmpeg.allocated(avcodec_find_encoder_by_name(encoder));
    AVCodecContext coder = avcodec_alloc_context3(codec);
    coder
        .width(width)
        .height(height)
        .pix_fmt(av_get_pix_fmt(pixels))
        .bit_rate(400_000)
        .gop_size(12);
    coder.time_base().num(1).den(rate);
    coder.framerate().num(rate).den(1);
    coder.strict_std_compliance(-2);
    coder.flags(header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0);
    if (fields != null) {
      coder.flags(coder.flags() | AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME);
      coder.field_order(fields.topFirst() ? AV_FIELD_TT : AV_FIELD_BB);
    }
    coding.accept(coder);
    must(avcodec_open2(coder, codec, (PointerPointer<?>) null));
    must(avcodec_parameters_from_context(stream.codecpar(), coder));
    stream.time_base().num(1).den(rate);
    stream.avg_frame_rate().num(rate).den(1);
    if (turn != null) {
      turn(stream);
    }
    SoundEncoder soundCoder = null;
    AVStream track = null;
    if (sound != null) {
      track = avformat_new_stream(context, null);
      Container like = file.toString().endsWith(".mkv") ? Container.MKV : Container.MP4;
      soundCoder = new SoundEncoder(sound, sound.length(), like, header, "test film");
      soundCoder.describe(track);
    }
    AVIOContext bytes = new AVIOContext(null);
    must(avio_open(bytes, file.toString(), AVIO_FLAG_WRITE));
    context.pb(bytes);
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "strict", "-2", 0);
    // An edit list can then be put in that is exact.
    av_dict_set(options, "movie_timescale", Integer.toString(TIME_SCALE * rate), 0);
    av_dict_set(options, "video_track_timescale", Integer.toString(TIME_SCALE * rate), 0);
    must(avformat_write_header(context, options));
    av_dict_free(options);
    encode(context, coder, stream);
    if (soundCoder != null) {
      for (AVPacket packet = soundCoder.next(); packet != null; packet = soundCoder.next()) {
        soundCoder.rescale(packet, track);
        packet.stream_index(1);
        must(av_interleaved_write_frame(context, packet));
      }
      soundCoder.close();
    }
    must(av_write_trailer(context));
    avio_closep(bytes);
    avcodec_free_context(coder);
    avformat_free_context(context);
    return file;
  }

  /** Gives an MP4 film that was written here an edit list, of so many pictures from one on. */
  static void trim(Path film, int from, int count) {
    try {
      IndexFile.edit(
          film, List.of(new EditList.Edit(0, (long) from * TIME_SCALE, (long) count * TIME_SCALE)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void encode(AVFormatContext context, AVCodecContext coder, AVStream stream) {
    AVPacket packet = av_packet_alloc();
    AVFrame picture = av_frame_alloc();
    AVFrame grey = av_frame_alloc();
    SwsContext scaler = sws_alloc_context();
    scaler.flags(SWS_BICUBIC);
    picture.width(width).height(height).format(coder.pix_fmt());
    grey.width(width).height(height).format(AV_PIX_FMT_GRAY8);
    must(av_frame_get_buffer(picture, 0));
    must(av_frame_get_buffer(grey, 0));
    for (int n = 0; n <= pictures; n++) {
      if (n < pictures) {
        draw(grey, n);
        must(av_frame_make_writable(picture));
        picture.flags(0);
        must(sws_scale_frame(scaler, picture, grey));
        boolean ofFields = fields != null && n >= fields.from();
        picture.flags(
            !ofFields
                ? 0
                : AV_FRAME_FLAG_INTERLACED
                    | (fields.topFirst() ? AV_FRAME_FLAG_TOP_FIELD_FIRST : 0));
        picture.pts(time.applyAsLong(n));
      }
      must(avcodec_send_frame(coder, n < pictures ? picture : null));
      while (avcodec_receive_packet(coder, packet) == 0) {
        if (packet.duration() == 0) {
          packet.duration(1);
        }
        av_packet_rescale_ts(packet, coder.time_base(), stream.time_base());
        must(av_interleaved_write_frame(context, packet));
      }
    }
    sws_free_context(scaler);
    av_frame_free(grey);
    av_frame_free(picture);
    av_packet_free(packet);
  }

  private void draw(AVFrame grey, int n) {
    BytePointer plane = grey.data(0);
    for (int y = 0; y < height; y++) {
      plane.position((long) y * grey.linesize(0)).put(line(n, y), 0, width);
    }
  }

  private byte[] line(int n, int y) {
    byte[] line = new byte[width];
    boolean ofFields = fields != null && n >= fields.from();
    boolean late = ofFields && (y % 2 == 0) != fields.topFirst();
    int bar = bar(n + (late ? 0.5 : 0));
    for (int x = 0; x < width; x++) {
      boolean one = (n >> 7 - 8 * x / width & 1) == 1;
      boolean inBar = fields != null && x >= bar && x < bar + width / 8;
      int below = fields != null ? (inBar ? 235 : 16) : 16 + 200 * x / width;
      line[x] = (byte) (2 * y < height ? one ? 235 : 16 : below);
    }
    return line;
  }

  /**
   * Where the left edge of a bar is that moves to the right through the lower half of films with
   * fields.
   *
   * @param n number of a picture; the later field is half a number later
   */
  int bar(double n) {
    return (int) Math.round(8 + n * width / 12) % (width * 3 / 4);
  }

  private void turn(AVStream stream) {
    try (PointerPointer<AVPacketSideData> all = new PointerPointer<>(1);
        IntPointer count = new IntPointer(1)) {
      all.put(0, stream.codecpar().coded_side_data());
      count.put(stream.codecpar().nb_coded_side_data());
      AVPacketSideData made = av_packet_side_data_new(all, count, AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
      int[] matrix = {
        turn[0] << 16, turn[1] << 16, 0, turn[2] << 16, turn[3] << 16, 0, 0, 0, 1 << 30
      };
      made.data()
          .capacity(36)
          .asByteBuffer()
          .order(ByteOrder.nativeOrder())
          .asIntBuffer()
          .put(matrix);
      stream.codecpar().coded_side_data(new AVPacketSideData(all.get(0)));
      stream.codecpar().nb_coded_side_data(count.get());
    }
  }

  private static void must(int result) {
    if (result < 0) {
      throw new IllegalStateException(Ffmpeg.words(result));
    }
  }
}
