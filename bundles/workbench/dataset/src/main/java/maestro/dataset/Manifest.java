package maestro.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.files.names.PathGate;

/** A dataset as a file of JSON Lines, one {@link Clip} a line. */
public final class Manifest {
  /** One mel frame, the tolerance of a clip's length. */
  static final double FRAME_SECONDS = 0.01;

  private static final int LONGEST_LINE = 1 << 20;
  private static final Set<String> SPLITS = Set.of("train", "val", "test");
  private static final ObjectMapper JSON = Json.PLAIN;
  private static final ObjectReader CLIP = JSON.readerFor(Clip.class);

  private Manifest() {}

  /**
   * Reads and checks a manifest.
   *
   * @throws MaestroException of kind INPUT that names file, line and fault
   */
  public static List<Clip> read(Path file) {
    List<Clip> clips = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        if (line.length() > LONGEST_LINE) {
          throw fault(file, number, "the line is longer than a megabyte", null);
        }
        Clip clip = CLIP.readValue(line);
        String fault = fault(clip);
        if (fault == null && !ids.add(clip.id)) {
          fault = "the id " + clip.id + " stands there twice";
        }
        if (fault != null) {
          throw fault(file, number, fault, null);
        }
        clips.add(clip);
      }
    } catch (JsonProcessingException e) {
      throw fault(file, number, "the line is not a clip (" + e.getOriginalMessage() + ")", e);
    } catch (NoSuchFileException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "there is no such file",
          "give a manifest, or make one with 'maestro dataset build'",
          e);
    } catch (MalformedInputException e) {
      throw fault(file, number + 1, "the line is not UTF-8 text", e);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          file.toString(),
          "it cannot be read (" + e.getMessage() + ")",
          "check the file and its permissions",
          e);
    }
    return clips;
  }

  /** Writes a manifest; it appears under its name only when it is whole. */
  public static void write(Path file, List<Clip> clips) {
    StringBuilder lines = new StringBuilder();
    for (Clip clip : clips) {
      try {
        lines.append(JSON.writeValueAsString(clip)).append('\n');
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("dataset: a clip cannot be written as JSON", e);
      }
    }
    AtomicFile.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What is wrong with a clip by itself, or null. */
  private static String fault(Clip clip) {
    if (clip == null) {
      return "the line is null, must be a clip";
    }
    if (clip.genres == null || clip.genres.stream().anyMatch(Objects::isNull)) {
      return "its genres are " + clip.genres + ", must be a list of names, [] for none";
    }
    if (clip.id == null || clip.id.isBlank()) {
      return "there is no id";
    }
    if (clip.video == null && clip.audio == null) {
      return clip.id + " has neither video nor audio";
    }
    for (String path : new String[] {clip.video, clip.audio}) {
      Optional<String> refusal = path == null ? Optional.empty() : PathGate.refusal(path);
      if (refusal.isPresent()) {
        return clip.id + " points outside the dataset: " + refusal.get();
      }
    }
    if (!(clip.startSec >= 0) || !Double.isFinite(clip.startSec)) {
      return clip.id + " starts at " + clip.startSec + " s";
    }
    if (!(Math.abs(clip.durationSec - Segments.SECONDS) <= FRAME_SECONDS + 1e-9)) {
      return clip.id + " lasts " + clip.durationSec + " s instead of 10 s";
    }
    if (clip.split != null && !SPLITS.contains(clip.split)) {
      return clip.id + " is in split " + clip.split + ", must be train, val or test";
    }
    return null;
  }

  /**
   * The film or sound of a clip.
   *
   * @param root of the dataset
   * @param path {@link Clip#video} or {@link Clip#audio}
   * @throws MaestroException of kind INPUT when it leads out of the dataset, also by a symbolic
   *     link
   */
  public static Path file(Path root, String path) {
    try {
      return PathGate.below(root, path);
    } catch (PathGate.RefusedNameException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "dataset " + root.getFileName(),
          e.getMessage(),
          "put the file into the dataset, or take as its root the folder that holds all files",
          e);
    }
  }

  private static MaestroException fault(Path file, int line, String cause, Exception underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        file + " line " + line,
        cause,
        "mend the line or build the manifest again",
        underlying);
  }
}
