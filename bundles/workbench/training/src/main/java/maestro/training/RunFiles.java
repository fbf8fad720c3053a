package maestro.training;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.training.corpus.Corpus;

/**
 * The folder of a run: the recipe and the corpus it was begun with, and who works there.
 *
 * @param folder of the run
 */
record RunFiles(Path folder) {
  private static final ObjectMapper JSON = Json.PLAIN;

  /** Name of the recipe's copy. */
  static final String RECIPE = "recipe.json";

  private static final String CORPUS = "corpus.json";
  private static final String LOCK = ".lock";

  /** Makes the run's folder, or checks that the recipe is the one it was begun with. */
  void prepare(TrainingRecipe recipe, boolean resume) {
    Path kept = folder.resolve(RECIPE);
    if (Files.exists(folder.resolve(Trainer.STATE)) != resume) {
      throw new MaestroException(
          Kind.INPUT,
          folder.toString(),
          resume ? "there is no checkpoint to go on from" : "a training is there already",
          resume ? "leave --resume out" : "give --resume to go on, or another folder");
    }
    if (resume && !TrainingRecipe.read(kept).continues(recipe)) {
      throw new MaestroException(
          Kind.INPUT,
          folder.toString(),
          "the training there was begun with another recipe",
          "change only the intervals of reports, and steps where the schedule is constant, or begin in another folder");
    }
    AtomicFile.write(kept, recipe.toJson().getBytes(StandardCharsets.UTF_8));
  }

  /** Held as long as a training works there. */
  FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // another training of this process
    }
    channel.close();
    throw new MaestroException(
        Kind.INPUT, folder.toString(), "another training works there", "give another folder");
  }

  /**
   * Remembers the corpus of a new run, or checks that it is the one the run was begun with.
   *
   * @param acceptOther whether to go on with another one
   * @return what is other and was accepted; empty when nothing is
   * @throws MaestroException of kind INPUT when it is another and that is not accepted
   */
  Optional<String> sameCorpus(Corpus corpus, boolean resume, boolean acceptOther) {
    Map<String, String> now = corpus.fingerprint();
    Path kept = folder.resolve(CORPUS);
    Optional<String> change = Optional.empty();
    if (resume && Files.exists(kept)) {
      change = change(read(kept), now);
    }
    if (change.isPresent() && !acceptOther) {
      throw new MaestroException(
          Kind.INPUT,
          folder.toString(),
          "the training there was begun with another corpus: " + change.get(),
          "give the corpus as it was, begin in another folder, or give --accept-corpus to go on with this one");
    }
    AtomicFile.write(kept, Json.pretty(now).getBytes(StandardCharsets.UTF_8));
    return change;
  }

  private static Map<String, String> read(Path file) {
    try {
      return JSON.readValue(file.toFile(), new TypeReference<TreeMap<String, String>>() {});
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT,
          file.toString(),
          "what the training was begun with cannot be read",
          "give --accept-corpus after removing the file, or begin in another folder",
          e);
    }
  }

  private static Optional<String> change(Map<String, String> before, Map<String, String> now) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    List<String> changes = new ArrayList<>();
    for (String name : names) {
      if (!now.containsKey(name)) {
        changes.add(name + " is gone");
      } else if (!before.containsKey(name)) {
        changes.add(name + " is new");
      } else if (!now.get(name).equals(before.get(name))) {
        changes.add(name + " has another content");
      }
    }
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            changes.get(0)
                + (changes.size() > 1 ? ", and " + (changes.size() - 1) + " more are other" : ""));
  }
}
