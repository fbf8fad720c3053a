package maestro.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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
  /**
   * One edit.
   *
   * @param found when FFmpeg shows it; it is late by a picture or so for each edit before
   * @param media when what is shown begins without the edit list
   * @param length how long it is shown
   */
  record Edit(long found, long media, long length) {}

  /**
   * The edit list of a film in a container that has one; empty when the film is too damaged to
   * tell.
   *
   * @param start when FFmpeg shows the first picture
   * @param end when FFmpeg shows the end of the last one
   */
  static Optional<EditList> of(MediaFile film, long start, long end) {
    TreeMap<Long, Long> placeShown = new TreeMap<>();
    Set<Long> packets = new HashSet<>();
    try (MediaFile file = MediaFile.open(film.path(), film.limits())) {
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
    try (MediaFile file = MediaFile.openUnedited(film.path(), film.limits())) {
      each(file, packet -> mediaAt.put(packet.pos(), packet.pts()));
    }
    placeShown.values().retainAll(mediaAt.keySet());
    if (!placeShown.containsKey(start)) {
      return Optional.empty();
    }
    TreeSet<Long> media = new TreeSet<>(mediaAt.values());
    List<Edit> edits = new ArrayList<>();
    long found = start;
    long first = mediaAt.get(placeShown.get(start));
    long last = first;
    for (Map.Entry<Long, Long> one : placeShown.tailMap(start, false).entrySet()) {
      long at = mediaAt.get(one.getValue());
      if (one.getKey() - at != found - first) {
        edits.add(new Edit(found, first, length(first, media.higher(last), one.getKey() - found)));
        found = one.getKey();
        first = at;
      }
      last = at;
    }
    edits.add(new Edit(found, first, length(first, media.higher(last), end - found)));
    return Optional.of(new EditList(List.copyOf(edits), packets, media.first()));
  }

  /** To the picture after the last one, but no longer than there is room. */
  private static long length(long first, Long following, long room) {
    return following == null ? room : Math.min(room, following - first);
  }

  /** How long all are shown. */
  long length() {
    return edits.stream().mapToLong(Edit::length).sum();
  }

  /** How long after the first picture one is shown that FFmpeg shows at that time. */
  long shown(long foundTime) {
    long before = 0;
    for (int i = 0; i < edits.size(); i++) {
      Edit edit = edits.get(i);
      if (i == edits.size() - 1 || foundTime < edits.get(i + 1).found()) {
        return before + foundTime - edit.found();
      }
      before += edit.length();
    }
    throw new AssertionError("an edit list has an edit");
  }

  private static void each(MediaFile file, Consumer<AVPacket> reader) {
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
