package maestro.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import maestro.api.run.Noise;

/**
 * Sorts clips into training, validation and test.
 *
 * <p>The paper does not say what its split keeps together. Consecutive pieces of one cue are
 * near-duplicates, so a split by clip leaks; by film is the default here, and {@link By#CLIP} is
 * there to imitate a random split.
 */
public final class Splits {
  /** What stays together. */
  public enum By {
    /** All clips of a film. */
    FILM,
    /** Nothing. */
    CLIP
  }

  private static final List<String> NAMES = List.of("train", "val", "test");

  private Splits() {}

  /**
   * Assigns the clips that have no split yet; an explicit split wins, and with {@link By#FILM}
   * draws the rest of its film after it.
   *
   * @param clips changed in place
   * @param validationShare share of clips for validation, 0 … 1
   * @param testShare share of clips for the test, 0 … 1; both together below 1
   * @param seed of the shuffle
   */
  public static void assign(
      List<Clip> clips, By by, double validationShare, double testShare, long seed) {
    if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)) {
      throw new IllegalArgumentException(
          "illegal split: validation "
              + validationShare
              + " and test "
              + testShare
              + ", must be 0 or more and below 1 in sum");
    }
    Map<String, List<Clip>> groups = new LinkedHashMap<>();
    for (Clip clip : clips) {
      String key = by == By.FILM && clip.film != null ? "film " + clip.film : "clip " + clip.id;
      groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(clip);
    }
    Map<String, Double> order = new HashMap<>();
    Noise noise = new Noise(seed);
    groups.keySet().forEach(key -> order.put(key, noise.uniform(key, 1)[0]));

    double[] wanted = {1 - validationShare - testShare, validationShare, testShare};
    long[] taken = new long[NAMES.size()];
    List<List<Clip>> open = new ArrayList<>();
    groups.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.comparing(order::get)))
        .map(Map.Entry::getValue)
        .forEach(
            group -> {
              String given =
                  group.stream()
                      .map(clip -> clip.split)
                      .filter(Objects::nonNull)
                      .findFirst()
                      .orElse(null);
              if (given == null) {
                open.add(group);
              } else {
                group.stream()
                    .filter(clip -> clip.split == null)
                    .forEach(clip -> clip.split = given);
                group.forEach(clip -> taken[NAMES.indexOf(clip.split)]++);
              }
            });
    for (List<Clip> group : open) {
      int at = 0;
      for (int k = 1; k < wanted.length; k++) {
        if (want(wanted[k], taken[k], clips.size()) > want(wanted[at], taken[at], clips.size())) {
          at = k;
        }
      }
      taken[at] += group.size();
      String split = NAMES.get(at);
      group.forEach(clip -> clip.split = split);
    }
  }

  /** The share of its due that a split still lacks. */
  private static double want(double share, long taken, int clips) {
    return share == 0 ? Double.NEGATIVE_INFINITY : 1 - taken / (share * clips);
  }
}
