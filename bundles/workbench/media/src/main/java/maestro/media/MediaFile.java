package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_DEFAULT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One opened film or sound file. Its bytes are not trusted: only containers that hold their own
 * pictures and sound are read, never a list of other files or addresses, and the only protocol is
 * the file itself.
 */
final class MediaFile implements AutoCloseable {
  /**
   * FFmpeg's names of the containers that are read. Playlists and scripts (HLS, DASH, concat, SDP,
   * IMF …), image sequences, text and devices are not among them.
   */
  private static final String CONTAINERS =
      "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,vvc,av1,obu,ivf,ogg,flv,asf,mxf,gif,nut,dv,rm,yuv4mpegpipe,"
          + "wav,w64,aiff,au,caf,flac,mp3,aac,ac3,eac3,dts,amr,ape,wv,tta";

  private static final long FIND_STREAMS_MICROSECONDS = 5_000_000;

  /** A time before every picture, far enough from the least number to be reckoned with. */
  private static final long BEFORE_ALL = Long.MIN_VALUE / 4;

  private final Path path;
  private final Limits limits;
  private final AVFormatContext context;

  private MediaFile(Path path, Limits limits, AVFormatContext context) {
    this.path = path;
    this.limits = limits;
    this.context = context;
  }

  /**
   * Opens a file and finds its streams.
   *
   * @throws MaestroException of kind INPUT when it cannot be read
   */
  static MediaFile open(Path file, Limits limits) {
    return open(file, limits, "0");
  }

  /**
   * The same without regard to its edit list: all that is in the file, at the times it has there.
   */
  static MediaFile openUnedited(Path file, Limits limits) {
    return open(file, limits, "1");
  }

  private static MediaFile open(Path file, Limits limits, String ignoreEditList) {
    Ffmpeg.load();
    Path path = file.toAbsolutePath().normalize();
    refuseWhatIsNoFile(path);
    AVFormatContext context = Ffmpeg.allocated(avformat_alloc_context());
    context.max_streams(limits.streams());
    context.max_analyze_duration(FIND_STREAMS_MICROSECONDS);
    AVDictionary options = new AVDictionary(null);
    try (BytePointer url = Ffmpeg.utf8("file:" + path)) {
      av_dict_set(options, "protocol_whitelist", "file", 0);
      av_dict_set(options, "format_whitelist", CONTAINERS, 0);
      av_dict_set(options, "ignore_editlist", ignoreEditList, 0);
      // Frees the context when it fails.
      int result = avformat_open_input(context, url, null, options);
      if (result < 0) {
        throw unreadable(path, Ffmpeg.words(result));
      }
    } finally {
      av_dict_free(options);
    }
    MediaFile opened = new MediaFile(path, limits, context);
    try {
      opened.findStreams();
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static void refuseWhatIsNoFile(Path path) {
    String name = name(path);
    if (!Files.exists(path)) {
      throw new MaestroException(
          Kind.INPUT, name, "there is no such file", "check the name: " + path);
    }
    if (!Files.isRegularFile(path)) {
      throw new MaestroException(Kind.INPUT, name, "is not a file", "name a film or sound file");
    }
    try {
      if (Files.size(path) == 0) {
        throw new MaestroException(
            Kind.INPUT, name, "the file is empty", "copy or download it again");
      }
    } catch (IOException e) {
      throw new MaestroException(Kind.INPUT, name, "cannot be read", "check its permissions", e);
    }
  }

  private static MaestroException unreadable(Path path, String why) {
    Optional<String> picture = PictureFile.format(path);
    if (picture.isPresent()) {
      return new MaestroException(
          Kind.INPUT,
          name(path),
          "is a picture (" + picture.get() + "), not a film",
          "give a film, or make one of it");
    }
    return new MaestroException(
        Kind.INPUT,
        name(path),
        "is not a film or sound that can be read (" + why + ")",
        "check that the file is whole and of a known format such as MP4, MOV, MKV, WebM, AVI or WAV");
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private void findStreams() {
    int streams = context.nb_streams();
    if (streams > limits.streams()) {
      throw unreadable(path, streams + " streams, at most " + limits.streams() + " are read");
    }
    for (int i = 0; i < streams; i++) {
      refuseTooLarge(context.streams(i));
    }
    AVDictionary[] each = new AVDictionary[streams];
    try (PointerPointer<Pointer> options = new PointerPointer<>(Math.max(1, streams))) {
      for (int i = 0; i < streams; i++) {
        each[i] = new AVDictionary(null);
        av_dict_set(each[i], "max_pixels", Integer.toString(limits.pixels()), 0);
        options.put(i, each[i]);
      }
      int result = avformat_find_stream_info(context, streams == 0 ? null : options);
      for (int i = 0; i < streams; i++) {
        each[i] = new AVDictionary(options.get(i));
        av_dict_free(each[i]);
      }
      if (result < 0) {
        throw unreadable(path, Ffmpeg.words(result));
      }
    }
  }

  /** The name a user knows the file by. */
  String name() {
    return name(path);
  }

  Path path() {
    return path;
  }

  Limits limits() {
    return limits;
  }

  AVFormatContext context() {
    return context;
  }

  /**
   * The picture stream.
   *
   * @throws MaestroException of kind INPUT when there is none, or one that is too large
   */
  AVStream picture() {
    int index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    if (index < 0 || (context.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      throw new MaestroException(
          Kind.INPUT, name(), "there is no moving picture in it", "name a film");
    }
    AVStream stream = context.streams(index);
    AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
    if (decoder == null || decoder.isNull()) {
      throw unreadable(path, "its picture is of an unknown kind");
    }
    if (stream.codecpar().width() <= 0 || stream.codecpar().height() <= 0) {
      throw unreadable(
          path,
          "its picture has no size, or one beyond maximumPixels of media, " + limits.pixels());
    }
    refuseTooLarge(stream);
    return stream;
  }

  private void refuseTooLarge(AVStream stream) {
    int width = stream.codecpar().width();
    int height = stream.codecpar().height();
    if ((long) width * height > limits.pixels()) {
      throw new MaestroException(
          Kind.INPUT,
          name(),
          "its picture of "
              + width
              + " x "
              + height
              + " is larger than the "
              + limits.pixels()
              + " pixels allowed",
          "scale it down, or raise maximumPixels of media");
    }
  }

  /** Whether {@link #picture} would give one; a cover is none. */
  boolean hasPicture() {
    int index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    return index >= 0
        && (context.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) == 0
        && context.streams(index).codecpar().width() > 0
        && avcodec_find_decoder(context.streams(index).codecpar().codec_id()) != null;
  }

  /** The sound stream, if there is one. */
  Optional<AVStream> sound() {
    int index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
    return index < 0 ? Optional.empty() : Optional.of(context.streams(index));
  }

  /** Leaves all other streams out of what is read. */
  void only(AVStream wanted) {
    only(Set.of(wanted.index()));
  }

  /** Leaves all but these streams out of what is read. */
  void only(Set<Integer> wanted) {
    for (int i = 0; i < context.nb_streams(); i++) {
      context.streams(i).discard(wanted.contains(i) ? AVDISCARD_DEFAULT : AVDISCARD_ALL);
    }
  }

  /**
   * Whether the container says for every packet when it is shown and whether it can be decoded by
   * itself, and finds such packets by time. Others guess from where they began to read.
   */
  boolean knowsKeyPictures() {
    return hasEdits() || context.iformat().name().getString().startsWith("matroska,");
  }

  /** Whether the container can have an edit list, which says what of it is shown and when. */
  boolean hasEdits() {
    return context.iformat().name().getString().startsWith("mov,");
  }

  /**
   * Goes to the last packet before a time that can be decoded by itself.
   *
   * @param time in the stream's ticks
   */
  boolean seek(AVStream stream, long time) {
    return av_seek_frame(context, stream.index(), time, AVSEEK_FLAG_BACKWARD) >= 0;
  }

  /** Goes back to the beginning. */
  void rewind(AVStream stream) {
    if (av_seek_frame(context, stream.index(), BEFORE_ALL, 0) < 0) {
      throw new MaestroException(
          Kind.INPUT, name(), "reading it cannot begin anew", "copy or download it again");
    }
  }

  /**
   * The next packet of a stream.
   *
   * @return false at the end, which is also where a damaged file can be followed no further
   */
  boolean read(AVPacket packet, AVStream wanted) {
    return read(packet, Set.of(wanted.index()));
  }

  /** The next packet of any of these streams; false at the end. */
  boolean read(AVPacket packet, Set<Integer> wanted) {
    while (av_read_frame(context, packet) >= 0) {
      if (wanted.contains(packet.stream_index())) {
        return true;
      }
      av_packet_unref(packet);
    }
    return false;
  }

  /** How the picture is to be turned for people to see it. */
  Orientation orientation(AVStream picture) {
    AVPacketSideData all = picture.codecpar().coded_side_data();
    if (all == null || all.isNull()) {
      return Orientation.UPRIGHT;
    }
    AVPacketSideData matrix =
        av_packet_side_data_get(
            all, picture.codecpar().nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
    if (matrix == null || matrix.isNull() || matrix.size() < 36) {
      return Orientation.UPRIGHT;
    }
    ByteBuffer values = matrix.data().capacity(36).asByteBuffer().order(ByteOrder.nativeOrder());
    return Orientation.ofDisplayMatrix(
        values.getInt(0), values.getInt(4), values.getInt(12), values.getInt(16));
  }

  /** A line of the file's own description, for instance {@code comment}. */
  Optional<String> description(String key) {
    AVDictionaryEntry entry = av_dict_get(context.metadata(), key, null, 0);
    return entry == null || entry.isNull()
        ? Optional.empty()
        : Optional.of(entry.value().getString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    avformat_close_input(context);
  }
}
