package maestro.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maestro.api.MaestroException;

/**
 * Takes the singing out of a dataset's music (paper, appendix B): the accompaniment of each file
 * lies in the folder {@code accompaniment} of the dataset's root and is made once.
 */
final class Accompaniments {
  /** Folder of what is written. */
  static final String FOLDER = "accompaniment";

  private final Path root;
  private final VocalRemover remover;

  Accompaniments(Path root, VocalRemover remover) {
    this.root = root;
    this.remover = remover;
  }

  /**
   * Lets clips take the accompaniment as their music.
   *
   * @param progress is told each file before it is begun
   * @param refused takes the files whose singing stays in, by path, with the reason
   * @return the clips whose music is without singing now
   * @throws MaestroException of kind CONFIGURATION when the program cannot be run
   */
  List<Clip> of(List<Clip> clips, Consumer<String> progress, Map<String, String> refused) {
    Map<String, String> made = new LinkedHashMap<>();
    List<Clip> kept = new ArrayList<>();
    for (Clip clip : clips) {
      String music = clip.audio == null ? clip.video : clip.audio;
      if (!made.containsKey(music) && !refused.containsKey(music)) {
        progress.accept(music);
        try {
          made.put(music, make(music));
        } catch (MaestroException e) {
          if (e.kind() != MaestroException.Kind.INPUT) {
            throw e;
          }
          refused.put(music, e.getMessage());
        }
      }
      if (made.containsKey(music)) {
        clip.audio = made.get(music);
        clip.vocalsRemoved = true;
        kept.add(clip);
      }
    }
    return kept;
  }

  private String make(String music) {
    Path file = Manifest.file(root, music);
    if (!Files.isRegularFile(file)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          music,
          "it is not in " + root + ", so its singing cannot be taken out",
          "put it there, or name the dataset's folder with --root");
    }
    String name = FOLDER + "/" + music + ".wav";
    Path target = Manifest.file(root, name);
    if (!Files.exists(target)) {
      try {
        Files.createDirectories(target.getParent());
      } catch (IOException e) {
        throw new MaestroException(
            MaestroException.Kind.RESOURCE,
            target.getParent().toString(),
            "the folder cannot be made (" + e.getMessage() + ")",
            "check the disk and the folder's permissions",
            e);
      }
      remover.remove(file, target);
    }
    return name;
  }
}
