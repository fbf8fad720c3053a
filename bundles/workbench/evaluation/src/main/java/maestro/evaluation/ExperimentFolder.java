package maestro.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maestro.api.MaestroException;

/**
 * What lies where in the folder of an experiment: {@code generated/METHOD/ID.wav}, {@code
 * reference/ID.wav}, {@code controls/ID.safetensors}, {@code results.jsonl}, {@code stages.jsonl}
 * and the reports, {@code NAME.md} and its like.
 *
 * @param path the folder
 */
record ExperimentFolder(Path path) {
  /** Where a method's clips are: its own folder, or the one it was imported from. */
  Path clips(Experiment.Method method) {
    return method.folder() != null
        ? Path.of(method.folder())
        : path.resolve("generated").resolve(method.name());
  }

  /** Where the clips' own music is. */
  Path reference() {
    return path.resolve("reference");
  }

  /** The own music of an item; it may have none. */
  Path reference(Trial trial) {
    return reference().resolve(trial.id() + ".wav");
  }

  /** Where the controls are that a transfer asks for. */
  Path controls() {
    return path.resolve("controls");
  }

  /**
   * Makes the folder of a file that is about to be written.
   *
   * @return the file
   * @throws MaestroException of kind RESOURCE when the disk does not let it
   */
  static Path place(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return file;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  static MaestroException unwritable(Path file, IOException e) {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        file.toString(),
        "it cannot be written",
        "check disk and permissions",
        e);
  }
}
