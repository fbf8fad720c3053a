package maestro.graph.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** Where a score may be written, by the name of its file. */
final class Outputs {
  private static final Set<String> FILM_ENDINGS = Set.of("mp4", "m4v", "mov", "mkv");

  private Outputs() {}

  /** Whether a file is for the music alone. */
  static boolean isSound(Path output) {
    return ending(output).equals("wav");
  }

  /** Refuses a place that cannot be written, before anything runs. */
  static void check(Path output, ScoreRequest request) {
    String ending = ending(output);
    String name = String.valueOf(output.getFileName());
    double start = request.recipe().recipe().startSeconds();
    if (FILM_ENDINGS.contains(ending) && start > 0) {
      throw new MaestroException(
          Kind.USAGE,
          name,
          "a film keeps its beginning and the score would start at " + start + " s",
          "write a .wav, or leave startSeconds out");
    }
    if (!ending.equals("wav") && !FILM_ENDINGS.contains(ending)) {
      throw new MaestroException(
          Kind.USAGE,
          name,
          "cannot tell what to write from its ending",
          "end it in .wav, .mp4, .m4v, .mov or .mkv");
    }
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new MaestroException(
          Kind.INPUT, name, "there is no folder " + folder, "create it first");
    }
    if (Files.isDirectory(output)) {
      throw new MaestroException(Kind.INPUT, name, "it is a folder", "give a file");
    }
    List<Path> sources = new ArrayList<>(List.of(request.film()));
    request.style().ifPresent(sources::add);
    for (Path source : sources) {
      try {
        if (Files.exists(output) && Files.exists(source) && Files.isSameFile(output, source)) {
          throw new MaestroException(
              Kind.USAGE, name, "it would overwrite its own source", "choose another name");
        }
      } catch (IOException e) {
        throw new MaestroException(
            Kind.INPUT, name, "it cannot be looked at", "check the folder's permissions", e);
      }
    }
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
