package maestro.dataset;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a dataset holds (paper, table 1 and figures 5 and 6).
 *
 * @param clips clips in all
 * @param hours hours in all
 * @param splits clips and hours of each split
 * @param composers the twenty most frequent composers, with their clips
 * @param genres the twenty most frequent genres, with their clips
 * @param filmsInSeveralSplits films that leak: found in more than one split
 */
public record Report(
    int clips,
    double hours,
    Map<String, Share> splits,
    Map<String, Long> composers,
    Map<String, Long> genres,
    Map<String, Set<String>> filmsInSeveralSplits) {
  private static final int TOP = 20;

  /** Clips and hours of one split. */
  public record Share(long clips, double hours) {}

  /** Counts. */
  public static Report of(List<Clip> clips) {
    Map<String, Share> splits = new TreeMap<>();
    Map<String, Set<String>> films = new TreeMap<>();
    for (Clip clip : clips) {
      String split = clip.split == null ? "none" : clip.split;
      splits.merge(
          split,
          new Share(1, clip.durationSec / 3600),
          (a, b) -> new Share(a.clips() + b.clips(), a.hours() + b.hours()));
      if (clip.film != null) {
        films.computeIfAbsent(clip.film, unused -> new TreeSet<>()).add(split);
      }
    }
    films.values().removeIf(found -> found.size() < 2);
    return new Report(
        clips.size(),
        clips.stream().mapToDouble(clip -> clip.durationSec).sum() / 3600,
        splits,
        top(clips.stream().map(clip -> clip.composer).filter(composer -> composer != null)),
        top(clips.stream().flatMap(clip -> clip.genres.stream())),
        films);
  }

  private static Map<String, Long> top(Stream<String> names) {
    return names
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(
            Comparator.comparing(Map.Entry<String, Long>::getValue)
                .reversed()
                .thenComparing(Map.Entry::getKey))
        .limit(TOP)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }
}
