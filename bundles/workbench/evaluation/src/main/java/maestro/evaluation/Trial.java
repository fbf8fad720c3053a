package maestro.evaluation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import maestro.dataset.Clip;
import maestro.dataset.StyleTests;

/**
 * One item of an experiment: a film clip, and the style piece it is combined with in a transfer.
 *
 * @param id name of the item and of its files; a class of style comes first as a folder
 * @param clip the film clip
 * @param style the clip whose music is the style piece
 * @param seed of the item, the same for every method
 */
record Trial(String id, Clip clip, Optional<Clip> style, long seed) {
  private static final int LONGEST = 60;

  /** The items of plain scoring, or of a transfer with every other class of style. */
  static List<Trial> of(List<Clip> clips, Experiment experiment) {
    List<Trial> trials = new ArrayList<>();
    if (!experiment.transfer()) {
      clips.forEach(
          clip -> trials.add(trial(clip, Optional.empty(), clip.style(), experiment.seed())));
      return trials;
    }
    Map<String, Clip> byId = new LinkedHashMap<>();
    clips.forEach(clip -> byId.put(clip.id, clip));
    for (StyleTests.Pair pair :
        StyleTests.draw(clips, experiment.stylesPerClass(), experiment.seed())) {
      trials.add(
          trial(
              byId.get(pair.clip()),
              Optional.of(byId.get(pair.control())),
              pair.style(),
              experiment.seed()));
    }
    return trials;
  }

  private static Trial trial(Clip clip, Optional<Clip> style, String styleClass, long seed) {
    String name = name(clip.id) + style.map(other -> "--" + name(other.id)).orElse("");
    String id = styleClass == null ? name : name(styleClass) + "/" + name;
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed).array());
    crc.update(id.getBytes(StandardCharsets.UTF_8));
    return new Trial(id, clip, style, crc.getValue());
  }

  /** What a file or folder is called after a name from a manifest: never a step out or hidden. */
  private static String name(String text) {
    String name = text.replaceAll("[^\\p{L}\\p{N}._-]+", "-").replaceFirst("^\\.+", "-");
    return name.length() <= LONGEST
        ? name
        : name.substring(0, LONGEST) + "-" + Integer.toHexString(text.hashCode());
  }
}
