package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FLAC;
import static org.bytedeco.ffmpeg.global.avcodec.FF_COMPLIANCE_NORMAL;
import static org.bytedeco.ffmpeg.global.avformat.av_codec_get_tag;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_get_riff_audio_tags;
import static org.bytedeco.ffmpeg.global.avformat.avformat_get_riff_video_tags;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avformat.AVCodecTag;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** The films that are written, by the ending of their names. */
enum Container {
  /** With AAC, the index in front so that it plays while it loads. */
  MP4("mp4", "an MP4 file", AV_CODEC_ID_AAC, ""),
  /** As MP4, for Apple's programs. */
  M4V("mp4", "an M4V file", AV_CODEC_ID_AAC, ""),
  /** With AAC; the manifest as a key, as QuickTime's own comment holds 64 kB only. */
  MOV("mov", "a MOV file", AV_CODEC_ID_AAC, "+use_metadata_tags"),
  /** With lossless FLAC; takes any picture, but hides none. */
  MKV("matroska", "an MKV file", AV_CODEC_ID_FLAC, "");

  private final String format;
  private final String words;
  private final int soundCodec;
  private final String muxerFlags;

  Container(String format, String words, int soundCodec, String muxerFlags) {
    this.format = format;
    this.words = words;
    this.soundCodec = soundCodec;
    this.muxerFlags = muxerFlags;
  }

  /**
   * The container for a file name.
   *
   * @throws MaestroException of kind INPUT for another ending
   */
  static Container of(Path file) {
    String name = String.valueOf(file.getFileName());
    String ending = name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
    for (Container container : values()) {
      if (container.name().equals(ending)) {
        return container;
      }
    }
    throw new MaestroException(
        Kind.INPUT,
        name,
        "a film is written to .mp4, .m4v, .mov or .mkv only",
        "give it one of these endings");
  }

  /** As a person calls it, with its article. */
  String words() {
    return words;
  }

  int soundCodec() {
    return soundCodec;
  }

  /** Whether there can be an edit list, and times before the beginning that are not shown. */
  boolean hasEdits() {
    return this != MKV;
  }

  /** Whether a picture of a codec can be kept as it is. */
  boolean holds(int codec) {
    return avformat_query_codec(muxer(), codec, FF_COMPLIANCE_NORMAL) == 1
        || this == MKV && hasWindowsName(codec);
  }

  /** Matroska keeps what it has no name of its own for under that of Windows. */
  private static boolean hasWindowsName(int codec) {
    try (PointerPointer<AVCodecTag> names = new PointerPointer<>(3)) {
      names.put(0, avformat_get_riff_video_tags());
      names.put(1, avformat_get_riff_audio_tags());
      names.put(2, (Pointer) null);
      return av_codec_get_tag(names, codec) != 0;
    }
  }

  /** Another container that can keep a picture of a codec and hide parts of it. */
  static Optional<Container> withEdits(int codec) {
    return Stream.of(MP4, MOV).filter(container -> container.holds(codec)).findFirst();
  }

  /** The ending of its files' names. */
  String ending() {
    return "." + name().toLowerCase(Locale.ROOT);
  }

  /** What writes it. */
  AVOutputFormat muxer() {
    return Ffmpeg.allocated(av_guess_format(format, null, null));
  }

  /**
   * Value of the muxer's {@code movflags}, or empty.
   *
   * @param indexInFront whether the index goes to the front, so that a film plays while it loads
   */
  String muxerFlags(boolean indexInFront) {
    return (indexInFront && hasEdits() ? "+faststart" : "") + muxerFlags;
  }
}
