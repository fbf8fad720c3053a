package maestro.graph.run;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.files.Folders;
import maestro.files.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The diary of one job, {@code <home>/jobs/<id>.jsonl}, and the one place where its output grows: a
 * hidden folder beside the result, from which the whole file is moved under its final name. A later
 * start finds the diaries of jobs whose process is gone and removes what they left.
 */
final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final String SUFFIX = ".jsonl";

  /** System property of the launcher: name of the folder a process has while it lives. */
  private static final String RUN = "maestro.run";

  private static final String GROWING = "growing";

  private static final Duration KEPT = Duration.ofDays(30);

  private final Path file;
  private final String id;
  private Path growing;
  private boolean writable = true;

  private Journal(Path file, String id) {
    this.file = file;
    this.id = id;
  }

  /** Begins a job's diary. */
  static Journal begin(Path folder, String recipe, String recipeDigest) {
    String id =
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[:-]", "")
            + "-"
            + UUID.randomUUID().toString().substring(0, 8);
    Journal journal = new Journal(folder.resolve(id + SUFFIX), id);
    journal.write(
        "begin",
        Map.of("run", System.getProperty(RUN, ""), "recipe", recipe, "digest", recipeDigest));
    return journal;
  }

  /** A diary nobody keeps, for a job that writes no file: there is nothing to clear up after it. */
  static Journal none() {
    Journal journal = new Journal(Path.of("none"), "none");
    journal.writable = false;
    return journal;
  }

  /** Name of the job. */
  String id() {
    return id;
  }

  /** A stage is about to be computed. */
  void stage(String name, String fingerprint) {
    write("stage", Map.of("name", name, "fingerprint", fingerprint));
  }

  /**
   * A place for the result to grow in, of the same name, on the same disk.
   *
   * @throws MaestroException of kind RESOURCE when the folder cannot be written
   */
  Path growing(Path result) {
    Path target = result.toAbsolutePath();
    growing = target.resolveSibling(".maestro-" + id);
    write("output", Map.of(GROWING, growing.toString()));
    try {
      Files.createDirectory(growing);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
    return growing.resolve(target.getFileName().toString());
  }

  /** Moves the whole result under its final name. */
  void finish(Path whole, Path result) {
    try {
      Files.move(
          whole,
          result.toAbsolutePath(),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw cannotWrite(result, e);
    }
    write("finished", Map.of("file", result.getFileName().toString()));
  }

  private static MaestroException cannotWrite(Path result, IOException e) {
    return new MaestroException(
        Kind.RESOURCE,
        result.getFileName().toString(),
        "it cannot be written (" + e.getMessage() + ")",
        "check free space and permissions of the folder",
        e);
  }

  /** The job failed. */
  void failed(Throwable cause) {
    write("failed", Map.of("reason", String.valueOf(cause.getMessage())));
  }

  /** Ends the diary and removes the place of growth. */
  @Override
  public void close() {
    if (growing != null) {
      try {
        Folders.delete(growing);
      } catch (IOException e) {
        LOG.warn("job {}: cannot remove {} ({})", id, growing.getFileName(), e.getMessage());
        return; // without an end, the next start tries again
      }
    }
    write("end", Map.of());
  }

  private synchronized void write(String event, Map<String, ?> fields) {
    if (!writable) {
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", Instant.now().toString());
    line.put("event", event);
    line.putAll(fields);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(
          file,
          Json.line(line) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      writable = false;
      LOG.warn("job {}: no diary can be kept ({})", id, e.getMessage());
    }
  }

  /**
   * Removes what jobs left whose process is gone, and diaries older than a month.
   *
   * @return how many such jobs there were
   */
  static int sweep(Path folder) {
    int swept = 0;
    if (!Files.isDirectory(folder)) {
      return swept;
    }
    try (DirectoryStream<Path> diaries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path diary : diaries) {
        if (isDamaged(diary)) {
          setAside(diary);
          continue;
        }
        if (sweepOne(diary)) {
          swept++;
        }
        if (Files.getLastModifiedTime(diary).toInstant().isBefore(Instant.now().minus(KEPT))) {
          Files.deleteIfExists(diary);
        }
      }
    } catch (IOException e) {
      LOG.warn("jobs: cannot clear up {} ({})", folder.getFileName(), e.getMessage());
    }
    return swept;
  }

  /** Whether a diary holds what this class never writes; a last line cut short is no damage. */
  private static boolean isDamaged(Path diary) throws IOException {
    try {
      for (String line : Files.readAllLines(diary)) {
        Map<?, ?> fields = parse(line);
        if (fields == null
            || fields.get(GROWING) instanceof String text && Path.of(text).getFileName() == null) {
          return true;
        }
      }
      return false;
    } catch (CharacterCodingException | InvalidPathException e) {
      LOG.debug("jobs: {} is damaged", diary, e);
      return true;
    }
  }

  /** Takes a damaged diary out of the way of later starts. */
  private static void setAside(Path diary) throws IOException {
    Path aside = diary.resolveSibling(diary.getFileName() + ".damaged");
    Files.move(diary, aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.warn("jobs: the diary {} is damaged and was set aside", aside.getFileName());
  }

  private static boolean sweepOne(Path diary) throws IOException {
    List<Map<?, ?>> lines =
        Files.readAllLines(diary).stream().<Map<?, ?>>map(Journal::parse).toList();
    if (lines.isEmpty() || lines.stream().anyMatch(line -> "end".equals(line.get("event")))) {
      return false;
    }
    if (alive(diary.toAbsolutePath().getParent(), lines.get(0))) {
      return false;
    }
    for (Map<?, ?> line : lines) {
      // Only a folder of the name this class gives is removed, whatever the diary says.
      if (line.get(GROWING) instanceof String text
          && Path.of(text).getFileName().toString().equals(".maestro-" + name(diary))) {
        Folders.delete(Path.of(text));
      }
    }
    if (!Files.readString(diary).endsWith("\n")) { // cut short by a crash
      Files.writeString(diary, "\n", StandardOpenOption.APPEND);
    }
    new Journal(diary, name(diary)).write("end", Map.of("reason", "its process was gone"));
    return true;
  }

  private static String name(Path diary) {
    String file = diary.getFileName().toString();
    return file.substring(0, file.length() - SUFFIX.length());
  }

  /**
   * A process has a folder of its own in {@code <home>/run} while it lives; those of the dead were
   * removed when this process started.
   */
  private static boolean alive(Path diaries, Map<?, ?> begin) {
    return begin.get("run") instanceof String run
        && run.matches("[\\w-]+")
        && Files.isDirectory(diaries.resolveSibling("run").resolve(run));
  }

  /** The fields of a line; one cut short by a crash counts as empty, null is none of ours. */
  private static Map<?, ?> parse(String line) {
    try {
      return Json.STRICT.readValue(line, Map.class);
    } catch (MismatchedInputException e) {
      LOG.debug("jobs: a line that is no object: {}", line, e);
      return line.isBlank() ? Map.of() : null;
    } catch (IOException e) {
      LOG.debug("jobs: a line cut short: {}", line, e);
      return Map.of();
    }
  }
}
