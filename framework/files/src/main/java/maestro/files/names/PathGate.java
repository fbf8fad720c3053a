package maestro.files.names;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The one gate for names that stand in a file, such as a manifest, an experiment or a feature, and
 * that are looked for or made below a folder. The same names are refused on every system, so that a
 * file that is good on one is good on all.
 */
public final class PathGate {
  /** Bytes of a name that every file system takes, with room for an ending. */
  private static final int LONGEST_NAME = 200;

  private PathGate() {}

  /** A name that may not be used; the message says why, without a capital or a full stop. */
  public static final class RefusedNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private RefusedNameException(String reason) {
      super(reason);
    }
  }

  /**
   * Why a relative path may not be used below a folder, as far as its text tells.
   *
   * @param path with {@code /} or {@code \} between its steps; may be null
   * @return empty when it stays below
   */
  public static Optional<String> refusal(String path) {
    if (path == null || path.isBlank()) {
      return Optional.of("a name is empty");
    }
    String shown = "'" + Printable.of(path) + "'";
    if (path.indexOf('\0') >= 0) {
      return Optional.of(shown + " is no file name");
    }
    if (path.startsWith("/") || path.startsWith("\\") || path.matches("(?s)^[A-Za-z]:.*")) {
      return Optional.of(shown + " is an absolute path; only names below the folder are taken");
    }
    for (String step : path.split("[/\\\\]", -1)) {
      if (step.strip().equals("..")) {
        return Optional.of(shown + " leads out of the folder");
      }
    }
    try {
      Path.of(path);
      return Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of(shown + " is no file name");
    }
  }

  /**
   * Why a name may not be that of a single file or folder; {@link #refusal(String)} and more: it
   * has one step, no control characters and at most 200 bytes.
   */
  public static Optional<String> refusalOfName(String name) {
    Optional<String> refusal = refusal(name);
    if (refusal.isPresent()) {
      return refusal;
    }
    String shown = "'" + Printable.of(name) + "'";
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return Optional.of(shown + " is a path, not a name");
    }
    if (name.strip().equals(".") || !Printable.of(name).equals(name) || name.contains("\n")) {
      return Optional.of(shown + " is no file name");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return bytes > LONGEST_NAME
        ? Optional.of("a name has " + bytes + " bytes, more than " + LONGEST_NAME)
        : Optional.empty();
  }

  /**
   * The file of a relative path below a folder, which need not be there yet.
   *
   * @return the path, links in it not resolved
   * @throws RefusedNameException when it leads out of the folder, by its text or by a symbolic link
   */
  public static Path below(Path folder, String path) {
    refusal(path)
        .ifPresent(
            reason -> {
              throw new RefusedNameException(reason);
            });
    Path file = folder.resolve(path);
    Path there = file.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    try {
      if (there != null
          && Files.exists(folder)
          && !there.toRealPath().startsWith(folder.toRealPath())
          && there.startsWith(folder.toAbsolutePath().normalize())) {
        throw new RefusedNameException(
            "'" + Printable.of(path) + "' is a symbolic link out of the folder");
      }
    } catch (IOException e) {
      throw new RefusedNameException(
          "'" + Printable.of(path) + "' cannot be followed (" + e.getClass().getSimpleName() + ")");
    }
    return file;
  }
}
