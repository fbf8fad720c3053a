package maestro.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.files.Folders;

/**
 * Vocal removal by the {@code demucs} command, two stems, which the user installs; or by a program
 * that is called in the same way.
 */
public final class DemucsVocalRemover implements VocalRemover {
  private static final long LOOK_MILLIS = 100;

  private final List<String> command;

  private final Runnable cancelled;

  /**
   * Uses a program.
   *
   * @param program {@code demucs}, or a path
   * @param cancelled called often while it runs; what it throws ends the program
   */
  public DemucsVocalRemover(String program, Runnable cancelled) {
    this.command = List.of(program);
    this.cancelled = cancelled;
  }

  @Override
  public void remove(Path music, Path accompaniment) {
    Path folder = null;
    try {
      Path target = accompaniment.toAbsolutePath();
      folder = Files.createTempDirectory(target.getParent(), ".demucs");
      List<String> line = new ArrayList<>(command);
      line.addAll(
          List.of(
              "--two-stems",
              "vocals",
              "--out",
              folder.toString(),
              "--",
              music.toAbsolutePath().toString()));
      Path log = folder.resolve("log.txt");
      Process process =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      process.getOutputStream().close();
      if (exitCode(process) != 0) {
        String said = Files.readString(log).strip();
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            music.toString(),
            command.get(0) + " refused it (" + said.substring(said.lastIndexOf('\n') + 1) + ")",
            "try the command on this file by hand");
      }
      try (Stream<Path> found = Files.walk(folder)) {
        Path result =
            found
                .filter(file -> file.endsWith("no_vocals.wav"))
                .findFirst()
                .orElseThrow(
                    () ->
                        new MaestroException(
                            MaestroException.Kind.CONFIGURATION,
                            command.get(0),
                            "it wrote no no_vocals.wav",
                            "use a version of demucs that knows --two-stems"));
        Files.move(result, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          command.get(0),
          "the command cannot be run (" + e.getMessage() + ")",
          "install it, or build the dataset without vocal removal",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          MaestroException.Kind.CANCELLED, "demucs", "interrupted", "start it again", e);
    } finally {
      delete(folder);
    }
  }

  private int exitCode(Process process) throws InterruptedException {
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        cancelled.run();
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot delete " + folder, e);
    }
  }
}
