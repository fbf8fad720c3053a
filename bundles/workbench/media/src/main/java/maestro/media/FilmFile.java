package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.bytedeco.ffmpeg.global.avformat.av_codec_get_id;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIMECODE_STR_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set_int;
import static org.bytedeco.ffmpeg.global.avutil.av_timecode_init_from_string;
import static org.bytedeco.ffmpeg.global.avutil.av_timecode_make_string;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Sound;
import maestro.media.EditList.Edit;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.avutil.AVTimecode;
import org.bytedeco.javacpp.BytePointer;

/**
 * A film whose picture is copied packet by packet, bit for bit, from another, beside a new
 * soundtrack and all else that the film has and the container can keep. All begin at time 0, with
 * the film's first picture. The manifest is the container's comment.
 */
final class FilmFile implements AutoCloseable {
  /**
   * How far the sound is written ahead of the picture, so that players find both close together.
   */
  private static final double SOUND_AHEAD_SECONDS = 0.5;

  /** MP4 counts time in at least so many ticks a second, as FFmpeg's muxer does. */
  private static final int LEAST_TIME_SCALE = 10_000;

  private final Path film;
  private final MediaFile source;
  private final PictureSpan span;
  private final Container container;
  private final String name;
  private final AVFormatContext context = new AVFormatContext(null);
  private AVIOContext bytes;
  private long passedOver;
  private long zero = Ffmpeg.UNKNOWN_TIME;
  private long lastTime = Ffmpeg.UNKNOWN_TIME;

  private FilmFile(Path film, Limits limits, PictureSpan span, Container container, String name) {
    this.film = film;
    this.span = span;
    this.container = container;
    this.name = name;
    source =
        span.edits().isPresent()
            ? MediaFile.openUnedited(film, limits)
            : MediaFile.open(film, limits);
  }

  /**
   * Writes a film.
   *
   * @param film whose picture is copied
   * @param span its time line
   * @param growing where to write
   * @param container how to write
   * @param name what the user calls the result
   */
  static void write(
      Path film,
      Limits limits,
      PictureSpan span,
      Path growing,
      Container container,
      String name,
      Sound sound,
      String manifest)
      throws IOException {
    try (FilmFile result = new FilmFile(film, limits, span, container, name)) {
      check(result.source, span, container);
      result.write(growing, limits, sound, manifest);
    }
  }

  /** Refuses a container that cannot hold the picture of a film, or not what is hidden of it. */
  static void check(MediaFile source, PictureSpan span, Container container) {
    int codec = source.picture().codecpar().codec_id();
    String picture = "(" + avcodec_get_name(codec).getString() + ")";
    if (!container.holds(codec)) {
      throw new MaestroException(
          Kind.INPUT,
          source.name(),
          container.words() + " cannot hold its picture " + picture + " as it is",
          Stream.of(Container.MKV, Container.MOV)
              .filter(other -> other.holds(codec))
              .findFirst()
              .map(other -> "name the result " + other.ending() + ", which can")
              .orElse("convert the film to H.264 first, or write the music alone to .wav"));
    }
    if (span.untimed()) {
      throw new MaestroException(
          Kind.INPUT,
          source.name(),
          "it does not say when its pictures are shown " + picture,
          "convert it to MP4 or MKV first, or write the music alone to .wav");
    }
    if (span.edits().isPresent() && !container.hasEdits()) {
      throw new MaestroException(
          Kind.INPUT,
          source.name(),
          container.words() + " cannot hold its edit list, which hides a part of its picture",
          Container.withEdits(codec)
              .map(other -> "name the result " + other.ending() + ", which can")
              .orElse("convert the film first, or write the music alone to .wav"));
    }
  }

  private void write(Path growing, Limits limits, Sound sound, String manifest) throws IOException {
    AVStream from = source.picture();
    AVOutputFormat format = container.muxer();
    Ffmpeg.wrote(avformat_alloc_output_context2(context, format, (String) null, null), name);
    context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
    AVStream picture = Ffmpeg.allocated(avformat_new_stream(context, null));
    describe(picture, from, format);
    AVStream track = Ffmpeg.allocated(avformat_new_stream(context, null));
    track.disposition(AV_DISPOSITION_DEFAULT);
    long samples = Math.round(span.seconds() * sound.sampleRateHz());
    boolean globalHeader = (format.flags() & AVFMT_GLOBALHEADER) != 0;
    try (SoundEncoder encoder = new SoundEncoder(sound, samples, container, globalHeader, name);
        ExtraTracks extras = new ExtraTracks(film, limits, span, context, container, name)) {
      encoder.describe(track);
      timecode().ifPresent(code -> tag(picture, "timecode", code));
      open(growing, manifest, timeScale(from));
      copy(from, picture, encoder, track, extras);
      Ffmpeg.wrote(av_write_trailer(context), name);
      int closed = avio_closep(bytes);
      bytes = null;
      Ffmpeg.wrote(closed, name);
    }
    if (span.edits().isPresent()) {
      IndexFile.edit(growing, edits(span.edits().get(), timeScale(from) / from.time_base().den()));
    }
  }

  /** Ticks a second of the picture in MP4: those of the film, or a multiple. */
  private static int timeScale(AVStream from) {
    int scale = from.time_base().den();
    while (scale < LEAST_TIME_SCALE) {
      scale *= 2;
    }
    return scale;
  }

  /** The edit list of the result, whose first packet is decoded at time 0. */
  private List<Edit> edits(EditList of, long up) {
    List<Edit> scaled = new ArrayList<>();
    for (Edit edit : of.edits()) {
      scaled.add(new Edit(0, (edit.media() - zero) * up, edit.length() * up));
    }
    return scaled;
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
    picture.metadata(Ffmpeg.dictionary(Extras.lasting(Ffmpeg.tags(from.metadata()))));
  }

  /**
   * The film's time code at its first picture. The one that an MP4 or MOV film says is that of the
   * first picture in the file, which its edit list may hide.
   */
  private Optional<String> timecode() {
    Optional<String> code = Extras.timecode(source);
    if (code.isEmpty() || !source.hasEdits()) {
      return code;
    }
    long hidden =
        span.edits()
            .or(() -> EditList.of(source, span.start(), span.end()))
            .map(list -> list.edits().get(0).media() - list.mediaStart())
            .orElse(0L);
    AVStream from = source.picture();
    double later = hidden * Ffmpeg.number(from.time_base());
    try (AVTimecode time = new AVTimecode()) {
      int pictures = (int) Math.round(later * PictureSpan.rate(from));
      AVRational rate = from.avg_frame_rate();
      if (pictures <= 0 || av_timecode_init_from_string(time, rate, code.get(), null) < 0) {
        return code;
      }
      byte[] text = new byte[AV_TIMECODE_STR_SIZE];
      av_timecode_make_string(time, text, pictures);
      return Optional.of(new String(text, StandardCharsets.US_ASCII).split("\0", 2)[0]);
    }
  }

  private static void tag(AVStream stream, String key, String value) {
    AVDictionary tags = stream.metadata();
    av_dict_set(tags, key, value, 0);
    stream.metadata(tags);
  }

  private void open(Path growing, String manifest, int timeScale) {
    AVIOContext opened = new AVIOContext(null);
    try (BytePointer url = Ffmpeg.utf8("file:" + growing)) {
      Ffmpeg.wrote(avio_open(opened, url, AVIO_FLAG_WRITE), name);
      bytes = opened;
      context.pb(opened);
      // Moving the index to the front reads the file again, by this name.
      context.url(new BytePointer(org.bytedeco.ffmpeg.global.avutil.av_strdup(url)));
    }
    Map<String, String> tags = Extras.lasting(Ffmpeg.tags(source.context().metadata()));
    tags.put("comment", manifest);
    context.metadata(Ffmpeg.dictionary(tags));
    AVDictionary options = new AVDictionary(null);
    try {
      String flags = container.muxerFlags(span.edits().isEmpty());
      if (!flags.isEmpty()) {
        av_dict_set(options, "movflags", flags, 0);
      }
      if (span.edits().isPresent()) {
        av_dict_set_int(options, "video_track_timescale", timeScale, 0);
        av_dict_set_int(options, "movie_timescale", timeScale, 0);
      }
      Ffmpeg.wrote(avformat_write_header(context, options), name);
    } finally {
      av_dict_free(options);
    }
  }

  private void copy(
      AVStream from, AVStream picture, SoundEncoder encoder, AVStream track, ExtraTracks extras) {
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    AVPacket heard = encoder.next();
    long usual = PictureSpan.usual(from);
    try (PicturePackets packets = new PicturePackets(source)) {
      while (packets.read(packet)) {
        if (isWanted(packet)) {
          stamp(packet, usual);
          double until = packet.dts() * Ffmpeg.number(from.time_base()) + SOUND_AHEAD_SECONDS;
          while (heard != null && encoder.sentSeconds() < until) {
            heard = put(heard, encoder, track);
          }
          extras.writeUntil(until);
          av_packet_rescale_ts(packet, from.time_base(), picture.time_base());
          packet.stream_index(picture.index()).pos(-1);
          Ffmpeg.wrote(av_interleaved_write_frame(context, packet), name);
        }
        av_packet_unref(packet);
      }
      while (heard != null) {
        heard = put(heard, encoder, track);
      }
      extras.writeUntil(Double.POSITIVE_INFINITY);
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

  /** Whether a packet belongs to a picture that is shown, or is needed for one. */
  private boolean isWanted(AVPacket packet) {
    if (span.edits().isPresent()) {
      return span.edits().get().packets().contains(packet.pos());
    }
    if (passedOver < span.lost()) {
      passedOver++;
      return false;
    }
    // Shown before the first picture that can be decoded by itself, and so by nobody.
    boolean early = packet.pts() != Ffmpeg.UNKNOWN_TIME && packet.pts() < span.start();
    return !early || lastTime == Ffmpeg.UNKNOWN_TIME;
  }

  /**
   * Counts a packet's times from the first picture, or, where an edit list says which that is, from
   * the first packet, and mends those that containers refuse.
   */
  private void stamp(AVPacket packet, long usual) {
    if (zero == Ffmpeg.UNKNOWN_TIME) {
      zero = span.edits().isPresent() ? packet.dts() : span.start();
    }
    boolean shows = packet.pts() != Ffmpeg.UNKNOWN_TIME;
    boolean decodes = packet.dts() != Ffmpeg.UNKNOWN_TIME;
    long decode = decodes ? packet.dts() - zero : nextTime(usual);
    // A picture that is decoded after it is shown has a damaged time.
    decode = shows ? Math.min(decode, packet.pts() - zero) : decode;
    if (lastTime != Ffmpeg.UNKNOWN_TIME) {
      decode = Math.max(decode, lastTime + 1);
    }
    lastTime = decode;
    packet.dts(decode).pts(shows ? Math.max(packet.pts() - zero, decode) : decode);
    long duration = packet.duration() > 0 ? packet.duration() : usual;
    if (span.edits().isEmpty()) {
      duration = Math.max(1, Math.min(duration, span.end() - zero - packet.pts()));
    }
    packet.duration(duration);
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
    source.close();
  }
}
