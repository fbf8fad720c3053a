package maestro.dataset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.run.Noise;

/**
 * Draws style-control test sets (paper, section 4.3.2): each test clip is combined with a control
 * clip of every other style.
 *
 * <p>The paper draws 2 control clips per genre of FilmScoreDB and 10 per emotion of EmoMV, and does
 * not say how they are combined; here each film clip meets one control clip of each other class,
 * drawn with a fixed seed. A clip of several genres is of all their classes, and meets none that
 * shares one.
 */
public final class StyleTests {
  private StyleTests() {}

  /**
   * One transfer to be made.
   *
   * @param clip id of the film clip
   * @param control id of the clip whose music is the style piece
   * @param style class of the control
   */
  public record Pair(String clip, String control, String style) {}

  /**
   * Draws the pairs.
   *
   * @param clips of the test split; those without a style class are left out
   * @param perClass control clips drawn of each class
   * @param seed of the draw
   */
  public static List<Pair> draw(List<Clip> clips, int perClass, long seed) {
    Noise noise = new Noise(seed);
    Map<String, List<Clip>> controls = new TreeMap<>();
    for (Clip clip : clips) {
      for (String style : new LinkedHashSet<>(clip.styles())) {
        controls.computeIfAbsent(style, unused -> new ArrayList<>()).add(clip);
      }
    }
    controls.replaceAll(
        (style, all) ->
            all.stream()
                .sorted(
                    Comparator.comparingDouble(
                        (Clip clip) -> noise.uniform("control " + clip.id, 1)[0]))
                .limit(perClass)
                .toList());
    List<Pair> pairs = new ArrayList<>();
    for (Clip clip : clips) {
      if (clip.styles().isEmpty()) {
        continue;
      }
      controls.forEach(
          (style, all) -> {
            // A control of two genres is no other style for a film that has one of them.
            List<Clip> of =
                all.stream()
                    .filter(control -> Collections.disjoint(control.styles(), clip.styles()))
                    .toList();
            if (!of.isEmpty()) {
              int at = (int) (noise.uniform("pair " + clip.id + " " + style, 1)[0] * of.size());
              pairs.add(new Pair(clip.id, of.get(at).id, style));
            }
          });
    }
    return pairs;
  }
}
