package maestro.packs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Weight;

/**
 * Weights as they are published, opened: one file, or the files that an index names ({@code
 * model.safetensors.index.json} and the shards beside it). Of a folder, the one that is in full
 * precision, else a variant ({@code model.fp16.safetensors}); safetensors before PyTorch.
 */
final class PublishedFile implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile(
          "(?<stem>[A-Za-z0-9_-]+?)(\\.(?<variant>[A-Za-z0-9_]+))?"
              + "\\.(?<ending>safetensors|bin|pt|pth|ckpt)"
              + "(?<index>\\.index(\\.(?<late>[A-Za-z0-9_]+))?\\.json)?");

  private static final Pattern SHARD = Pattern.compile(".*-\\d{1,5}-of-\\d{1,5}[.].*");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._=-]{0,199}");
  private static final List<String> ENDINGS = List.of("safetensors", "bin", "pt", "pth", "ckpt");
  private static final int MAX_SHARDS = 1000;
  private static final int MAX_INDEX = 16 << 20;

  private final Path file;
  private final String variant;
  private final Map<Path, Checkpoint> opened = new LinkedHashMap<>();
  private Map<String, Weight> weights;

  private PublishedFile(Path file, String variant) {
    this.file = file;
    this.variant = variant;
  }

  /** A file in a folder by the parts of its name. */
  private record Candidate(Path file, String stem, String variant, String ending, boolean index) {
    static Optional<Candidate> of(Path file) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (!name.matches() || SHARD.matcher(file.getFileName().toString()).matches()) {
        return Optional.empty();
      }
      String variant = name.group("variant") == null ? name.group("late") : name.group("variant");
      return Optional.of(
          new Candidate(
              file,
              name.group("stem"),
              variant == null ? "" : variant,
              name.group("ending"),
              name.group("index") != null));
    }

    /** The least is the best. */
    int rank(Averaging choice) {
      int precision =
          switch (variant) {
            case "non_ema" -> choice == Averaging.RAW ? -1 : 9;
            case "ema" -> choice == Averaging.RAW ? 9 : -1;
            case "" -> 0;
            case "fp32" -> 1;
            case "fp16" -> 2;
            case "bf16" -> 3;
            default -> 4;
          };
      return (precision * ENDINGS.size() + ENDINGS.indexOf(ending)) * 2 + (index ? 1 : 0);
    }
  }

  /**
   * Opens published weights.
   *
   * @param source a file of weights, an index, or the folder of either
   * @param choice which copy, where a folder has the averaged and the other
   * @param stems what the file in a folder may be called, without its ending; of a folder without
   *     such a file its only one is taken
   * @throws MaestroException of kind INPUT when there is none, or a shard is missing
   */
  static PublishedFile open(Path source, Averaging choice, List<String> stems) {
    Path file = source;
    String variant = "";
    if (Files.isDirectory(source)) {
      Candidate candidate = best(source, choice, stems);
      file = candidate.file();
      variant = candidate.variant();
    }
    PublishedFile published = new PublishedFile(file, variant);
    try {
      published.weights =
          file.toString().endsWith(".json")
              ? published.shards()
              : published.checkpoint(file).weights();
      return published;
    } catch (RuntimeException e) {
      published.close();
      throw e;
    }
  }

  /** Whether a folder has weights under one of these names. */
  static boolean isIn(Path folder, List<String> stems) {
    return candidates(folder).stream().anyMatch(candidate -> stems.contains(candidate.stem()));
  }

  /** Every tensor by name. */
  Map<String, Weight> weights() {
    return weights;
  }

  /** The file or index, by the name a person knows. */
  String label() {
    return Objects.toString(file.getFileName(), file.toString());
  }

  /** The files that hold the tensors. */
  List<Path> files() {
    return List.copyOf(opened.keySet());
  }

  /** What was chosen, if a person should know. */
  Optional<String> remark() {
    return variant.isEmpty()
        ? Optional.empty()
        : Optional.of("the variant '" + variant + "' was taken: " + label());
  }

  @Override
  public void close() {
    opened.values().forEach(Checkpoint::close);
  }

  private Checkpoint checkpoint(Path path) {
    return opened.computeIfAbsent(path, Checkpoint::open);
  }

  private static Candidate best(Path folder, Averaging choice, List<String> stems) {
    List<Candidate> all = candidates(folder);
    List<Candidate> named = all.stream().filter(c -> stems.contains(c.stem())).toList();
    if (named.isEmpty() && all.size() == 1) {
      return all.get(0);
    }
    return named.stream()
        .min(
            Comparator.comparingInt((Candidate c) -> c.rank(choice))
                .thenComparingInt(c -> stems.indexOf(c.stem()))
                .thenComparing(Candidate::file))
        .orElseThrow(
            () ->
                refused(
                    folder.toString(),
                    "there is no " + stems.get(0) + ".safetensors or .bin" + others(folder, all),
                    "give the folder as it was published"));
  }

  private static String others(Path folder, List<Candidate> all) {
    if (!all.isEmpty()) {
      return " but "
          + all.stream()
              .limit(3)
              .map(c -> c.file().getFileName().toString())
              .collect(Collectors.joining(", "))
          + (all.size() > 3 ? ", …" : "");
    }
    return names(folder).stream().anyMatch(path -> SHARD.matcher(path.toString()).matches())
        ? ", and the parts that are there lack their index (such as "
            + "model.safetensors.index.json)"
        : "";
  }

  private static List<Candidate> candidates(Path folder) {
    return names(folder).stream().flatMap(path -> Candidate.of(path).stream()).toList();
  }

  private static List<Path> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          folder.toString(),
          "the folder cannot be read",
          "check its permissions",
          e);
    }
  }

  /** The tensors of an index, each from the shard that is said to hold it. */
  private Map<String, Weight> shards() {
    JsonNode map = index().path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw refused(label(), "it names no tensors, so it is no index", "give the file of weights");
    }
    Map<String, Path> places = new LinkedHashMap<>();
    map.properties()
        .forEach(entry -> places.put(entry.getKey(), shard(entry.getValue().asText(""))));
    List<Path> files = places.values().stream().distinct().sorted().toList();
    if (files.size() > MAX_SHARDS) {
      throw refused(
          label(), "it names " + files.size() + " files, the limit is " + MAX_SHARDS, "join some");
    }
    List<Path> missing = files.stream().filter(path -> !Files.isRegularFile(path)).toList();
    if (!missing.isEmpty()) {
      throw refused(
          label(),
          missing.size()
              + " of its "
              + files.size()
              + " files "
              + (missing.size() == 1 ? "is" : "are")
              + " missing: "
              + missing.stream()
                  .limit(5)
                  .map(path -> path.getFileName().toString())
                  .collect(Collectors.joining(", ")),
          "put what is missing beside it");
    }
    Map<String, Weight> all = new LinkedHashMap<>();
    List<String> lost = new ArrayList<>();
    places.forEach(
        (name, path) -> {
          Weight weight = checkpoint(path).weights().get(name);
          if (weight == null) {
            lost.add(name);
          } else {
            all.put(name, weight);
          }
        });
    if (!lost.isEmpty()) {
      throw refused(
          label(),
          lost.size()
              + " of its tensors are not in their files, such as "
              + printable(lost.get(0))
              + " in "
              + places.get(lost.get(0)).getFileName(),
          "take index and files of one publication");
    }
    return Collections.unmodifiableMap(all);
  }

  private JsonNode index() {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_INDEX) {
        throw refused(
            file.toString(), "there is no such index", "give a file of weights or its folder");
      }
      return PackDescription.JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          label(),
          "the index is not JSON: " + PackDescription.firstLine(e),
          "fetch it again",
          e);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, label(), "it cannot be read", "check its permissions", e);
    }
  }

  /**
   * The one gate for names from an index: a plain name, in the index's own folder. Where caches
   * keep links to their files there, these are followed.
   */
  private Path shard(String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw refused(
          label(),
          "it names the file " + printable(name) + ", which is none of its own folder",
          "take the index as it was published");
    }
    return file.toAbsolutePath().resolveSibling(name);
  }

  private static String printable(String text) {
    return "'" + text.substring(0, Math.min(120, text.length())).replaceAll("[^ -~]", "?") + "'";
  }

  private static MaestroException refused(String part, String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, part, cause, next);
  }
}
