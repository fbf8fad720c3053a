package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BIN_DATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_ATTACHMENT;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_SUBTITLE;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * What a film has beside its picture and the sound that the score takes the place of: other sound
 * tracks, subtitles, covers, attachments, time code, chapters and tags; and which of it another
 * container keeps.
 *
 * @param kept numbers of the streams that are copied
 * @param dropped in words, what is not kept
 */
record Extras(List<Integer> kept, Set<String> dropped) {
  /** The tags that MP4 has a place for, by FFmpeg's names. */
  private static final Set<String> MP4_TAGS =
      Set.of(
          "title",
          "artist",
          "album_artist",
          "composer",
          "album",
          "date",
          "genre",
          "copyright",
          "grouping",
          "lyrics",
          "description",
          "synopsis",
          "show",
          "episode_id",
          "network",
          "keywords",
          "track",
          "disc",
          "creation_time",
          "location");

  /** Tags that say how the film's own file was written, and would be wrong in another. */
  private static final Set<String> OF_THE_FILE =
      Set.of(
          "comment",
          "encoder",
          "duration",
          "bps",
          "number_of_frames",
          "number_of_bytes",
          "major_brand",
          "minor_version",
          "compatible_brands",
          "timecode");

  /** Looks through a film. */
  static Extras of(MediaFile film, Container container) {
    List<Integer> kept = new ArrayList<>();
    Set<String> dropped = new LinkedHashSet<>();
    int picture = film.picture().index();
    int replaced = film.sound().map(AVStream::index).orElse(-1);
    for (int i = 0; i < film.context().nb_streams(); i++) {
      AVStream stream = film.context().streams(i);
      if (i == picture || i == replaced || isTimecode(stream) || isChapters(film, stream)) {
        continue;
      }
      if (keeps(container, stream)) {
        kept.add(i);
      } else {
        dropped.add(words(stream));
      }
    }
    if (container == Container.MP4 || container == Container.M4V) {
      Set<String> tags = new TreeSet<>(Ffmpeg.tags(film.context().metadata()).keySet());
      tags.removeIf(tag -> isOfTheFile(tag) || MP4_TAGS.contains(tag.toLowerCase(Locale.ROOT)));
      if (!tags.isEmpty()) {
        dropped.add("the tags " + String.join(", ", tags));
      }
    }
    return new Extras(List.copyOf(kept), dropped);
  }

  private static boolean keeps(Container container, AVStream stream) {
    int type = stream.codecpar().codec_type();
    int codec = stream.codecpar().codec_id();
    if (isCover(stream)) {
      return container != Container.MOV && isImage(codec);
    }
    if (type == AVMEDIA_TYPE_ATTACHMENT) {
      return container == Container.MKV;
    }
    return (type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_SUBTITLE) && container.holds(codec);
  }

  static boolean isCover(AVStream stream) {
    return (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0;
  }

  private static boolean isImage(int codec) {
    return codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_BMP;
  }

  /** Written as a tag of the picture, of which the muxers make a track. */
  private static boolean isTimecode(AVStream stream) {
    return stream.codecpar().codec_type() != AVMEDIA_TYPE_VIDEO && timecode(stream).isPresent();
  }

  /** The names of chapters are a track of text in MP4 and MOV, which is written anew. */
  private static boolean isChapters(MediaFile film, AVStream stream) {
    return film.hasEdits()
        && film.context().nb_chapters() > 0
        && stream.codecpar().codec_id() == AV_CODEC_ID_BIN_DATA;
  }

  private static String words(AVStream stream) {
    int type = stream.codecpar().codec_type();
    String codec = avcodec_get_name(stream.codecpar().codec_id()).getString();
    if (isCover(stream)) {
      return "the cover";
    }
    if (type == AVMEDIA_TYPE_VIDEO) {
      return "another picture (" + codec + ")";
    }
    if (type == AVMEDIA_TYPE_AUDIO) {
      return "another sound track (" + codec + ")";
    }
    if (type == AVMEDIA_TYPE_SUBTITLE) {
      return "subtitles (" + codec + ")";
    }
    return type == AVMEDIA_TYPE_ATTACHMENT ? "an attachment" : "a track of data";
  }

  /** The film's time code at its first picture, if it has one. */
  static Optional<String> timecode(MediaFile film) {
    Optional<String> own = timecode(film.picture());
    for (int i = 0; i < film.context().nb_streams() && own.isEmpty(); i++) {
      own = timecode(film.context().streams(i));
    }
    return own.or(
        () -> Optional.ofNullable(Ffmpeg.tags(film.context().metadata()).get("timecode")));
  }

  private static Optional<String> timecode(AVStream stream) {
    return Optional.ofNullable(Ffmpeg.tags(stream.metadata()).get("timecode"));
  }

  /** The tags of a film or stream that are true of a copy as well. */
  static Map<String, String> lasting(Map<String, String> tags) {
    tags.keySet().removeIf(Extras::isOfTheFile);
    if (tags.containsKey("name")) {
      // What MP4 calls the name of a track is written when it is called its title.
      tags.putIfAbsent("title", tags.remove("name"));
    }
    return tags;
  }

  private static boolean isOfTheFile(String tag) {
    String name = tag.toLowerCase(Locale.ROOT).replaceFirst("-[a-z]{3}$", "");
    return name.startsWith("_statistics") || OF_THE_FILE.contains(name);
  }
}
