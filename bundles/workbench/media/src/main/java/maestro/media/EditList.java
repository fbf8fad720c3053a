package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * The edit list of a film's picture, told by when its packets are shown with it and without it.
 *
 * @param edits in the order they are shown, one behind the other, in the picture's ticks
 * @param packets where in the file the packets are that must be decoded for them
 * @param mediaStart when the first picture is shown without the edit list
 */
record EditList(List<Edit> edits, Set<Long> packets, long mediaStart) {
  /** Said for the media time of an edit that shows nothing. */
  static final long NOTHING = -1;

  /**
   * One edit.
   *
   * @param media when what is shown begins without the edit list, or {@link #NOTHING}
   * @param length how long it is shown
   */
  record Edit(long media, long length) {}

  /** The edit list of a film in a container that has one. */
  static EditList of(Path film, Limits limits, PictureSpan span) {
    TreeMap<Long, Long> placeShown = new TreeMap<>();
    Set<Long> packets = new HashSet<>();
    try (MediaFile file = MediaFile.open(film, limits)) {
      each(
          file,
          packet -> {
            packets.add(packet.pos());
            if ((packet.flags() & AV_PKT_FLAG_DISCARD) == 0) {
              placeShown.put(packet.pts(), packet.pos());
            }
          });
    }
    Map<Long, Long> mediaAt = new HashMap<>();
    TreeSet<Long> media = new TreeSet<>();
    try (MediaFile file = MediaFile.openUnedited(film, limits)) {
      each(
          file,
          packet -> {
            mediaAt.put(packet.pos(), packet.pts());
            media.add(packet.pts());
          });
    }
    List<Edit> edits = new ArrayList<>();
    long begin = span.start();
    long offset = 0;
    long last = 0;
    for (Map.Entry<Long, Long> one : placeShown.entrySet()) {
      long shown = one.getKey();
      long at = mediaAt.get(one.getValue());
      if (one.getKey() == span.start()) {
        offset = shown - at;
      } else if (shown - at != offset && shown > span.start()) {
        close(edits, begin - offset, shown - begin, media.higher(last));
        begin = shown;
        offset = shown - at;
      }
      last = at;
    }
    edits.add(new Edit(begin - offset, span.end() - begin));
    return new EditList(List.copyOf(edits), packets, media.first());
  }

  /**
   * Ends an edit where the next begins, or with its last picture, after which nothing is shown
   * until then.
   *
   * @param following when the picture after its last one is shown without the edit list, or null
   */
  private static void close(List<Edit> edits, long media, long length, Long following) {
    long held = following == null ? length : Math.min(length, following - media);
    edits.add(new Edit(media, held));
    if (held < length) {
      edits.add(new Edit(NOTHING, length - held));
    }
  }

  private static void each(MediaFile file, java.util.function.Consumer<AVPacket> reader) {
    AVStream stream = file.picture();
    file.only(stream);
    AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
    try {
      while (file.read(packet, stream)) {
        reader.accept(packet);
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
  }
}
