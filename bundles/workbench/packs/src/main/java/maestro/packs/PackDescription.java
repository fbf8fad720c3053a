package maestro.packs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import maestro.files.AtomicFile;

/**
 * What {@code pack.json} says.
 *
 * @param name the pack's name, which is also its folder's
 * @param description one sentence for people
 * @param licence licence of the weights; of all parts where they have several
 * @param origin where the weights come from, one line each
 * @param training what they were trained on
 * @param untrained whether any weights were filled by rule
 * @param parts each network by name, in order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PackDescription(
    @JsonProperty(required = true) String name,
    String description,
    String licence,
    List<String> origin,
    String training,
    boolean untrained,
    @JsonProperty(required = true) Map<String, Part> parts) {
  /** File name of the description. */
  public static final String FILE = "pack.json";

  /** What a pack and a part may be called. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** A description longer than this is refused; real ones have a few thousand bytes. */
  static final int MAX_BYTES = 1 << 20;

  static final JsonMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNumberLength(40)
                          .maxStringLength(65_536)
                          .maxNameLength(256)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /**
   * One network.
   *
   * @param weights file name within the pack's folder, or null when it needs none
   * @param bytes length of that file
   * @param sha256 its digest, lower-case hexadecimal
   * @param architecture numbers that the weights alone do not tell
   * @param licence of these weights, or null for that of the pack
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Part(
      String weights, long bytes, String sha256, Map<String, Object> architecture, String licence) {
    /** Copies the map, keeping its order. */
    public Part {
      architecture =
          architecture == null
              ? Map.of()
              : Collections.unmodifiableMap(new LinkedHashMap<>(architecture));
    }

    /** The same with the names that the encoders a fusion knows have today. */
    Part current(PluginNames names) {
      if (!(architecture.get(ENCODERS) instanceof Map<?, ?> encoders)) {
        return this;
      }
      Map<String, Object> today = new LinkedHashMap<>();
      encoders.forEach(
          (name, entry) -> today.putIfAbsent(names.current(String.valueOf(name)), entry));
      Map<String, Object> changed = new LinkedHashMap<>(architecture);
      changed.put(ENCODERS, today);
      return new Part(weights, bytes, sha256, changed, licence);
    }

    /** The same under another licence, or null for that of the pack. */
    Part under(String words) {
      return new Part(weights, bytes, sha256, architecture, words);
    }

    private static final String ENCODERS = "encoders";
  }

  /** Copies the lists and checks names. */
  public PackDescription {
    origin = origin == null ? List.of() : List.copyOf(origin);
    parts =
        Collections.unmodifiableMap(new LinkedHashMap<>(Objects.requireNonNull(parts, "parts")));
  }

  /** Licence of a part's weights, or null when nothing is said. */
  public String licenceOf(String part) {
    String own = parts.get(part).licence();
    return own == null ? licence : own;
  }

  /**
   * The same with the names that plugins have today. Where a part has such a name already, another
   * that has a former one keeps it. A part of a plugin that was divided is one for each of those it
   * became.
   */
  PackDescription current(PluginNames names) {
    Map<String, Part> today = new LinkedHashMap<>();
    parts.forEach(
        (part, content) ->
            names
                .all(part)
                .forEach(
                    current ->
                        today.putIfAbsent(
                            parts.containsKey(current) ? part : current, content.current(names))));
    return new PackDescription(name, description, licence, origin, training, untrained, today);
  }

  /**
   * Reads the description of a pack.
   *
   * @throws MaestroException of kind INPUT when it is missing, too long, not JSON or not what a
   *     description holds
   */
  public static PackDescription read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(folder, "it has no " + FILE, null);
      }
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw refused(folder, FILE + " has " + size + " bytes, the limit is " + MAX_BYTES, null);
      }
      return parse(folder, Files.readAllBytes(file));
    } catch (IOException e) {
      throw refused(folder, FILE + " cannot be read", e);
    }
  }

  /** The description of a folder's pack from the text of its file. */
  static PackDescription parse(Path folder, byte[] json) {
    try {
      PackDescription description = JSON.readValue(json, PackDescription.class);
      if (description == null) {
        throw refused(folder, FILE + " is empty", null);
      }
      description.check(folder);
      return description;
    } catch (IOException e) {
      throw refused(folder, FILE + " is not a description of a pack: " + firstLine(e), e);
    }
  }

  /** Writes the description into a folder. */
  void write(Path folder) {
    try {
      AtomicFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a description that cannot be written", e);
    }
  }

  private void check(Path folder) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw refused(folder, "its name is none: letters, digits, dots, hyphens, at most 64", null);
    }
    parts.forEach(
        (partName, part) -> {
          if (!NAME.matcher(partName).matches() || part == null) {
            throw refused(folder, "a part has an illegal name or no content", null);
          }
          if (part.weights() != null
              && (part.sha256() == null
                  || !part.sha256().matches("[0-9a-f]{64}")
                  || part.bytes() < 1)) {
            throw refused(
                folder,
                "part " + partName + " lacks the digest or the length of its weights",
                null);
          }
          if (containsNull(part.architecture())) {
            throw refused(
                folder, "part " + partName + " has an architecture number that is null", null);
          }
        });
  }

  private static boolean containsNull(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.values().stream().anyMatch(PackDescription::containsNull);
    }
    return value == null
        || value instanceof List<?> list && list.stream().anyMatch(PackDescription::containsNull);
  }

  static MaestroException refused(Path folder, String cause, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        "pack " + folder.getFileName(),
        cause,
        "mend the pack or put it in place again",
        underlying);
  }

  /** Why a parser refused a text, without the place in it, which may quote the text. */
  static String firstLine(IOException e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    message = message == null ? "damaged" : message.lines().findFirst().orElse("damaged");
    return message.substring(0, Math.min(160, message.length())).replaceAll("\\p{Cntrl}", " ");
  }
}
