package maestro.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.media.MediaReader;
import maestro.api.metric.MetricItem;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.files.Sha256;

/**
 * The clips of one method on disk, matched by name with their references and controls. A name is
 * the path below the folder without its suffix; where clips lie in subfolders, the first one is
 * their class of style.
 */
public final class ItemSet {
  private static final Set<String> FILMS = Set.of("mp4", "m4v", "mov", "mkv", "webm", "ogv", "avi");
  private static final Set<String> SOUNDS =
      Set.of(
          "wav", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac", "mp4", "m4v", "mov", "mkv",
          "webm", "ogv");

  private final MediaReader media;
  private final Path folder;
  private final Map<String, Path> generated;
  private final Map<String, Path> reference;
  private final Map<String, Path> controls;
  private final double seconds;
  private final Map<Path, String> digests = new HashMap<>();
  private ScoredFilms watcher;
  private Map<String, ScoredFilms.Piece> films = Map.of();
  private Supplier<Map<String, Path>> music = Map::of;
  private Map<String, Path> corpus;

  /**
   * Finds the clips.
   *
   * @param generated folder of the method's clips
   * @param reference folder of real clips of the same names, or null
   * @param controls folder of {@code .safetensors} files with the controls that were asked for, or
   *     null
   * @param seconds all sounds are cut to this length before they are compared, 10 in the paper's
   *     tables
   * @throws MaestroException of kind INPUT when there is no clip
   */
  public ItemSet(MediaReader media, Path generated, Path reference, Path controls, double seconds) {
    this.media = media;
    this.folder = generated;
    this.generated = files(generated, SOUNDS);
    this.reference = reference == null ? Map.of() : files(reference, SOUNDS);
    this.controls = controls == null ? Map.of() : files(controls, Set.of("safetensors"));
    this.seconds = seconds;
    if (this.generated.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          generated.toString(),
          "there is no sound in it",
          "give a folder of WAV files");
    }
  }

  /**
   * Says what the clips were scored for.
   *
   * @param watcher looks at films
   * @param pieces by name of clip; clips may lack one
   * @return this
   */
  ItemSet films(ScoredFilms watcher, Map<String, ScoredFilms.Piece> pieces) {
    this.watcher = watcher;
    this.films = Map.copyOf(pieces);
    return this;
  }

  /**
   * Says what real music all clips are compared with.
   *
   * @param music sound files by name; asked for only when a metric wants it
   * @return this
   */
  ItemSet corpus(Supplier<Map<String, Path>> music) {
    this.music = music;
    return this;
  }

  /** Names of the pieces of real music, sorted. */
  synchronized List<String> pieces() {
    if (corpus == null) {
      corpus = new TreeMap<>(music.get());
    }
    return List.copyOf(corpus.keySet());
  }

  /** Leaves out a piece of real music that cannot be used. */
  synchronized void withoutPiece(String piece) {
    corpus.remove(piece);
  }

  /** The bytes of a piece of real music, as a digest. */
  synchronized String pieceDigest(String piece) {
    return digest(corpus.get(piece));
  }

  /** Decodes a piece of real music. */
  Sound piece(String piece) {
    return media.sound(corpus.get(piece));
  }

  /**
   * Leaves out the clips of other names.
   *
   * @return this
   * @throws MaestroException of kind INPUT when no clip is left
   */
  ItemSet only(Set<String> ids) {
    generated.keySet().retainAll(ids);
    if (generated.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          folder.toString(),
          "no sound in it has the name of a test clip",
          "name them like " + ids.iterator().next() + ".wav");
    }
    return this;
  }

  /** Names of the clips, sorted. */
  public List<String> ids() {
    return List.copyOf(generated.keySet());
  }

  /** What the item consists of, as a digest of the bytes. */
  public String digest(String id) {
    return digest(generated.get(id))
        + " "
        + digest(reference.get(id))
        + " "
        + digest(controls.get(id))
        + " "
        + seconds
        + film(id);
  }

  private String film(String id) {
    ScoredFilms.Piece piece = films.get(id);
    return piece == null ? "" : " " + digest(piece.film()) + " " + piece.startSeconds();
  }

  private synchronized String digest(Path file) {
    return file == null ? "-" : digests.computeIfAbsent(file, Sha256::of);
  }

  /** Class of style by subfolder. */
  public static Optional<String> style(String id) {
    int slash = id.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(id.substring(0, slash));
  }

  /** Decodes an item. */
  public MetricItem load(String id) {
    return new MetricItem(
        id,
        sound(generated.get(id)),
        Optional.ofNullable(reference.get(id)).map(this::sound),
        controls.containsKey(id) ? controls(controls.get(id)) : Map.of(),
        style(id),
        Optional.ofNullable(films.get(id)).map(piece -> watcher.of(piece)),
        List.of());
  }

  private Sound sound(Path file) {
    return media.sound(file, 0, seconds);
  }

  /**
   * Controls as {@code maestro controls} writes them: {@code melody} [T, 12], {@code dynamics} [T,
   * 1].
   */
  private Map<String, ControlSignal> controls(Path file) {
    Map<String, ControlSignal> signals = new TreeMap<>();
    Safetensors.read(file)
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (tensor.shape().length != 2) {
                throw new MaestroException(
                    MaestroException.Kind.INPUT,
                    file.toString(),
                    "control " + name + " is " + tensor + ", must be [frames, channels]",
                    "make it with 'maestro controls'");
              }
              signals.put("control." + name, signal(tensor));
            });
    return signals;
  }

  private static ControlSignal signal(FloatTensor tensor) {
    return new ControlSignal(tensor.axis(0), tensor.axis(1), tensor.values());
  }

  /** Sound files of a folder by name. */
  static Map<String, Path> sounds(Path folder) {
    return files(folder, SOUNDS);
  }

  /** Films of a folder by name, each from its beginning. */
  static Map<String, ScoredFilms.Piece> films(Path folder) {
    Map<String, ScoredFilms.Piece> pieces = new TreeMap<>();
    files(folder, FILMS).forEach((name, film) -> pieces.put(name, new ScoredFilms.Piece(film, 0)));
    return pieces;
  }

  private static Map<String, Path> files(Path folder, Set<String> suffixes) {
    try (Stream<Path> found = Files.walk(folder, 8)) {
      Map<String, Path> byName = new TreeMap<>();
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        int dot = name.lastIndexOf('.');
        if (dot > 0 && suffixes.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
          Path other = byName.put(name.substring(0, dot), file);
          if (other != null) {
            throw new MaestroException(
                MaestroException.Kind.INPUT,
                folder.toString(),
                other.getFileName() + " and " + file.getFileName() + " have the same name",
                "keep one of them");
          }
        }
      }
      return byName;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          folder.toString(),
          "the folder cannot be read",
          "give a folder of WAV files",
          e);
    }
  }
}
