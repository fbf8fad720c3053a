package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FLAC;

import java.nio.file.Path;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** The films that are written, by the ending of their names. */
enum Container {
  /** With AAC, the index in front so that it plays while it loads. */
  MP4("mp4", "an MP4 file", AV_CODEC_ID_AAC, "+faststart"),
  /** As MP4, for Apple's programs. */
  M4V("mp4", "an M4V file", AV_CODEC_ID_AAC, "+faststart"),
  /** With AAC; the manifest as a key, as QuickTime's own comment holds 64 kB only. */
  MOV("mov", "a MOV file", AV_CODEC_ID_AAC, "+faststart+use_metadata_tags"),
  /** With lossless FLAC; takes any picture. */
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

  /** FFmpeg's name of the muxer. */
  String format() {
    return format;
  }

  /** As a person calls it, with its article. */
  String words() {
    return words;
  }

  int soundCodec() {
    return soundCodec;
  }

  /** Value of the muxer's {@code movflags}, or empty. */
  String muxerFlags() {
    return muxerFlags;
  }
}
