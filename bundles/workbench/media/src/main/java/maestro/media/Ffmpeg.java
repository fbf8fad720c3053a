package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_iterate;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** What all uses of FFmpeg here share. */
final class Ffmpeg {
  /** Said when the timestamp of a packet or picture is not known. */
  static final long UNKNOWN_TIME = avutil.AV_NOPTS_VALUE;

  /** No space left on the device, as the C library of every platform numbers it. */
  private static final int NO_SPACE = -28;

  /**
   * Invalid argument, as the C library of every platform numbers it; here, packets that make no
   * sense.
   */
  private static final int INVALID_ARGUMENT = -22;

  private Ffmpeg() {}

  /**
   * Loads FFmpeg and silences it: what it has to say reaches a person as an exception.
   *
   * @throws MaestroException of kind CONFIGURATION when there is no FFmpeg for this platform
   */
  static void load() {
    try {
      av_log_set_level(AV_LOG_QUIET);
    } catch (LinkageError e) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          "media",
          "FFmpeg does not load on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch"),
          "run 'maestro doctor', and use a distribution built for this platform",
          e);
    }
  }

  /** FFmpeg's words for an error number. */
  static String words(int error) {
    byte[] text = new byte[256];
    av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    String words = new String(text, 0, end, StandardCharsets.UTF_8);
    return words.isEmpty()
        ? "error " + error
        : words.substring(0, 1).toLowerCase() + words.substring(1);
  }

  /** Fails when a call that writes a result did. */
  static int wrote(int result, String file) {
    if (isDamage(result)) {
      throw new MaestroException(
          Kind.INPUT,
          file,
          "cannot be made of a film this damaged (" + words(result) + ")",
          "convert the film to a new file first");
    }
    if (result < 0) {
      throw new MaestroException(
          Kind.RESOURCE,
          file,
          "cannot be written (" + words(result) + ")",
          result == NO_SPACE ? "make room on the disk" : "check the folder and the disk");
    }
    return result;
  }

  /** Whether a call that writes a result failed because of what it was to write. */
  static boolean isDamage(int result) {
    return result == AVERROR_INVALIDDATA || result == INVALID_ARGUMENT;
  }

  /** Fails when a call that hands pictures on within this process did: then memory is short. */
  static int filtered(int result) {
    if (result < 0) {
      throw new MaestroException(
          Kind.RESOURCE,
          "media",
          "no memory left for a picture (" + words(result) + ")",
          "close other programs and run again");
    }
    return result;
  }

  /** Fails when there was no memory for a small native object. */
  static <T extends org.bytedeco.javacpp.Pointer> T allocated(T pointer) {
    if (pointer == null || pointer.isNull()) {
      throw new MaestroException(
          Kind.RESOURCE,
          "media",
          "no memory left for FFmpeg",
          "close other programs and run again");
    }
    return pointer;
  }

  /** The entries of a dictionary, by name, of which FFmpeg does not tell the case of letters. */
  static Map<String, String> tags(AVDictionary dictionary) {
    Map<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    AVDictionaryEntry entry = null;
    while ((entry = av_dict_iterate(dictionary, entry)) != null && !entry.isNull()) {
      tags.put(
          entry.key().getString(StandardCharsets.UTF_8),
          entry.value().getString(StandardCharsets.UTF_8));
    }
    return tags;
  }

  /** A dictionary of these entries, which its new owner frees. */
  static AVDictionary dictionary(Map<String, String> tags) {
    AVDictionary dictionary = new AVDictionary(null);
    tags.forEach(
        (name, text) -> {
          try (BytePointer key = utf8(name);
              BytePointer value = utf8(text)) {
            av_dict_set(dictionary, key, value, 0);
          }
        });
    return dictionary;
  }

  /** A string as FFmpeg wants it on every platform. */
  static BytePointer utf8(String text) {
    return new BytePointer(text, StandardCharsets.UTF_8);
  }

  /** A fraction as a number, 0 when it is not one. */
  static double number(AVRational fraction) {
    return fraction.den() == 0 ? 0 : (double) fraction.num() / fraction.den();
  }
}
