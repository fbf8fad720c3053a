package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_codec_get_id;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_format;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.nio.file.Path;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Sound;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/**
 * A film whose picture is copied packet by packet, bit for bit, from another, beside a new
 * soundtrack. Both begin at time 0. The manifest is the container's comment.
 */
final class FilmFile implements AutoCloseable {
  /**
   * How far the sound is written ahead of the picture, so that players find both close together.
   */
  private static final double SOUND_AHEAD_SECONDS = 0.5;

  private final MediaFile source;
  private final PictureSpan span;
  private final Container container;
  private final String name;
  private final AVFormatContext context = new AVFormatContext(null);
  private AVIOContext bytes;
  private long lastTime = Ffmpeg.UNKNOWN_TIME;

  private FilmFile(MediaFile source, PictureSpan span, Container container, String name) {
    this.source = source;
    this.span = span;
    this.container = container;
    this.name = name;
  }

  /**
   * Writes a film.
   *
   * @param source the film whose picture is copied, opened and not yet read from
   * @param span how long its picture is
   * @param growing where to write
   * @param container how to write
   * @param name what the user calls the result
   */
  static void write(
      MediaFile source,
      PictureSpan span,
      Path growing,
      Container container,
      String name,
      Sound sound,
      String manifest) {
    try (FilmFile film = new FilmFile(source, span, container, name)) {
      film.write(growing, sound, manifest);
    }
  }

  /** Refuses a container that cannot hold the picture of a film; returns its format. */
  static AVOutputFormat check(MediaFile source, Container container) {
    AVOutputFormat format = Ffmpeg.allocated(av_guess_format(container.format(), null, null));
    int codec = source.picture().codecpar().codec_id();
    if (avformat_query_codec(format, codec, 0) != 1) {
      throw new MaestroException(
          Kind.INPUT,
          source.name(),
          container.words()
              + " cannot hold its picture ("
              + avcodec_get_name(codec).getString()
              + ") as it is",
          "name the result .mkv, which can");
    }
    return format;
  }

  private void write(Path growing, Sound sound, String manifest) {
    AVStream from = source.picture();
    AVOutputFormat format = check(source, container);
    Ffmpeg.wrote(avformat_alloc_output_context2(context, format, (String) null, null), name);
    context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
    AVStream picture = Ffmpeg.allocated(avformat_new_stream(context, null));
    describe(picture, from, format);
    AVStream track = Ffmpeg.allocated(avformat_new_stream(context, null));
    long samples = Math.round(span.seconds() * sound.sampleRateHz());
    boolean globalHeader = (format.flags() & AVFMT_GLOBALHEADER) != 0;
    try (SoundEncoder encoder = new SoundEncoder(sound, samples, container, globalHeader, name)) {
      encoder.describe(track);
      open(growing, manifest);
      copy(from, picture, encoder, track);
      Ffmpeg.wrote(av_write_trailer(context), name);
      int closed = avio_closep(bytes);
      bytes = null;
      Ffmpeg.wrote(closed, name);
    }
  }

  private void describe(AVStream picture, AVStream from, AVOutputFormat format) {
    Ffmpeg.wrote(avcodec_parameters_copy(picture.codecpar(), from.codecpar()), name);
    int tag = from.codecpar().codec_tag();
    boolean known =
        format.codec_tag() != null
            && av_codec_get_id(format.codec_tag(), tag) == from.codecpar().codec_id();
    picture.codecpar().codec_tag(known ? tag : 0);
    picture.time_base().num(from.time_base().num()).den(from.time_base().den());
    picture.avg_frame_rate().num(from.avg_frame_rate().num()).den(from.avg_frame_rate().den());
    picture.r_frame_rate().num(from.r_frame_rate().num()).den(from.r_frame_rate().den());
    picture
        .sample_aspect_ratio()
        .num(from.sample_aspect_ratio().num())
        .den(from.sample_aspect_ratio().den());
    picture.disposition(from.disposition());
  }

  private void open(Path growing, String manifest) {
    AVIOContext opened = new AVIOContext(null);
    try (BytePointer url = Ffmpeg.utf8("file:" + growing)) {
      Ffmpeg.wrote(avio_open(opened, url, AVIO_FLAG_WRITE), name);
      bytes = opened;
      context.pb(opened);
      // Moving the index to the front reads the file again, by this name.
      context.url(new BytePointer(org.bytedeco.ffmpeg.global.avutil.av_strdup(url)));
    }
    AVDictionary metadata = new AVDictionary(null);
    AVDictionary options = new AVDictionary(null);
    try (BytePointer key = Ffmpeg.utf8("comment");
        BytePointer value = Ffmpeg.utf8(manifest)) {
      av_dict_set(metadata, key, value, 0);
      context.metadata(metadata);
      if (!container.muxerFlags().isEmpty()) {
        av_dict_set(options, "movflags", container.muxerFlags(), 0);
      }
      Ffmpeg.wrote(avformat_write_header(context, options), name);
    } finally {
      av_dict_free(options);
    }
  }

  private void copy(AVStream from, AVStream picture, SoundEncoder encoder, AVStream track) {
    source.only(from);
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    AVPacket heard = encoder.next();
    long usual = PictureSpan.usual(from);
    try {
      while (source.read(packet, from)) {
        stamp(packet, usual);
        double until = packet.dts() * Ffmpeg.number(from.time_base()) + SOUND_AHEAD_SECONDS;
        while (heard != null && encoder.sentSeconds() < until) {
          heard = put(heard, encoder, track);
        }
        av_packet_rescale_ts(packet, from.time_base(), picture.time_base());
        packet.stream_index(picture.index()).pos(-1);
        Ffmpeg.wrote(av_interleaved_write_frame(context, packet), name);
        av_packet_unref(packet);
      }
      while (heard != null) {
        heard = put(heard, encoder, track);
      }
    } finally {
      av_packet_free(packet);
    }
  }

  private AVPacket put(AVPacket heard, SoundEncoder encoder, AVStream track) {
    encoder.rescale(heard, track);
    heard.stream_index(track.index());
    Ffmpeg.wrote(av_interleaved_write_frame(context, heard), name);
    return encoder.next();
  }

  /** Counts a packet's times from the first picture, and mends those that containers refuse. */
  private void stamp(AVPacket packet, long usual) {
    long decode = packet.dts();
    decode = decode != Ffmpeg.UNKNOWN_TIME ? decode - span.start() : nextTime(usual);
    if (lastTime != Ffmpeg.UNKNOWN_TIME) {
      decode = Math.max(decode, lastTime + 1);
    }
    lastTime = decode;
    long shown = packet.pts() != Ffmpeg.UNKNOWN_TIME ? packet.pts() - span.start() : decode;
    packet.dts(decode).pts(Math.max(shown, decode));
    if (packet.duration() <= 0) {
      packet.duration(usual);
    }
  }

  private long nextTime(long usual) {
    return lastTime == Ffmpeg.UNKNOWN_TIME ? 0 : lastTime + usual;
  }

  @Override
  public void close() {
    if (bytes != null) {
      avio_closep(bytes);
    }
    avformat_free_context(context);
  }
}
