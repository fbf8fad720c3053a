package maestro.training.corpus;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.media.MediaReader;
import maestro.api.sound.Mel;
import maestro.api.sound.MelFrontEnd;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.files.Sha256;
import maestro.signal.Resampler;

/**
 * The tracks that a manifest's clips are cut from. Training takes whole tracks, so that a piece may
 * begin anywhere; a track is in the split of its clips.
 *
 * <p>Of each track mel, controls and waveform (16 kHz, one channel) are computed once and kept
 * under the digest of the file, each with the identity of the code that computed it.
 */
public final class Corpus {
  /** Name of the log-mel, {@code [T, 64]}. */
  public static final String MEL = "mel";

  /** Name of the waveform, {@code [S, 1]}, 160 samples for each mel frame. */
  public static final String WAVE = "wave";

  private static final int VERSION = 1;

  private final Map<String, List<Track>> splits;

  private final Map<String, List<Scene>> scenes;

  private final Map<String, StyleControl> controls;

  private final Map<String, String> fingerprint;

  private Corpus(
      Map<String, List<Track>> splits,
      Map<String, List<Scene>> scenes,
      Map<String, StyleControl> controls,
      Map<String, String> fingerprint) {
    this.splits = splits;
    this.scenes = scenes;
    this.controls = controls;
    this.fingerprint = fingerprint;
  }

  /**
   * Makes a track's curves from its file.
   *
   * @param identities what computes each curve, by its name, as the host tells it: a curve that
   *     another code has computed is computed again; one without an identity never is
   */
  public record Ears(
      MediaReader reader,
      MelFrontEnd frontEnd,
      Map<String, StyleControl> controls,
      Map<String, String> identities) {
    /** Names what computed a curve in the file that keeps it. */
    private static final String COMPUTED_BY = "computed by ";

    private boolean computed(String curve, Map<String, String> metadata) {
      String identity = identities.get(curve);
      return identity == null || identity.equals(metadata.get(COMPUTED_BY + curve));
    }

    private Set<String> curves() {
      Set<String> curves = new TreeSet<>(controls.keySet());
      curves.add(MEL);
      curves.add(WAVE);
      return curves;
    }
  }

  /**
   * Opens a corpus, computing what is not yet kept.
   *
   * @param manifest clips with a split
   * @param root folder that the manifest's paths start from
   * @param kept folder for what is computed
   * @param progress is told each track
   * @throws MaestroException of kind INPUT when a file is missing, cannot be heard, or is in two
   *     splits
   */
  public static Corpus open(
      Path manifest, Path root, Path kept, Ears ears, Consumer<String> progress) {
    Map<String, Clip> files = new LinkedHashMap<>();
    List<Clip> clips = Manifest.read(manifest);
    for (Clip clip : clips) {
      String path = music(clip);
      Clip before = files.putIfAbsent(path, clip);
      if (before != null && !String.valueOf(before.split).equals(String.valueOf(clip.split))) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            manifest.toString(),
            path + " is in two splits",
            "split it again with 'maestro dataset split --by FILM'");
      }
    }
    Map<String, List<Track>> splits = new LinkedHashMap<>();
    Map<String, Track> tracks = new LinkedHashMap<>();
    Map<String, String> fingerprint = new LinkedHashMap<>();
    fingerprint.put("the manifest", Sha256.of(manifest));
    files.forEach(
        (path, clip) -> {
          progress.accept(path);
          Path file = Manifest.file(root, path);
          String digest = Sha256.of(file);
          Path curves = kept.resolve(digest + "-v" + VERSION + ".safetensors");
          Kept before = kept(curves, ears);
          if (!before.weights.keySet().containsAll(ears.curves())) {
            Safetensors.write(curves, hear(file, ears, before));
            before = kept(curves, ears);
          }
          Map<String, Weight> weights = before.weights;
          Track track =
              new Track(path, clip.composer == null ? "" : clip.composer, digest, weights);
          tracks.put(path, track);
          fingerprint.put(path, digest);
          splits.computeIfAbsent(split(clip), unused -> new ArrayList<>()).add(track);
        });
    Map<String, List<Scene>> scenes = new LinkedHashMap<>();
    for (Clip clip : clips) {
      if (clip.video != null) {
        scenes
            .computeIfAbsent(split(clip), unused -> new ArrayList<>())
            .add(new Scene(clip, tracks.get(music(clip))));
      }
    }
    return new Corpus(splits, scenes, ears.controls, fingerprint);
  }

  private static String music(Clip clip) {
    return clip.audio == null ? clip.video : clip.audio;
  }

  private static String split(Clip clip) {
    return clip.split == null ? "train" : clip.split;
  }

  /** What is kept of a track: curves, and what computed them. */
  private record Kept(Map<String, Weight> weights, Map<String, String> metadata) {}

  /** What is kept and was computed by the code that would compute it now. */
  private static Kept kept(Path curves, Ears ears) {
    if (!Files.exists(curves)) {
      return new Kept(Map.of(), Map.of());
    }
    try (Checkpoint checkpoint = Safetensors.open(curves)) {
      Map<String, Weight> weights = new LinkedHashMap<>(checkpoint.weights());
      weights.keySet().removeIf(curve -> !ears.computed(curve, checkpoint.metadata()));
      return new Kept(weights, checkpoint.metadata());
    }
  }

  /** What is kept already, and what is not. */
  private static NamedTensors hear(Path file, Ears ears, Kept kept) {
    Sound sound = ears.reader.sound(file);
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    kept.weights.forEach(
        (name, weight) -> tensors.put(name, FloatTensor.of(weight.toFloats(), weight.shape())));
    tensors.computeIfAbsent(
        MEL,
        name -> {
          Mel mel = ears.frontEnd.mel(sound);
          return FloatTensor.of(mel.values(), mel.frames(), mel.bands());
        });
    FrameGrid grid =
        new FrameGrid(
            tensors.get(MEL).axis(0), ears.frontEnd.sampleRateHz(), ears.frontEnd.hopLength());
    ears.controls.forEach(
        (control, ear) ->
            tensors.computeIfAbsent(
                control,
                name -> {
                  ControlSignal signal = ear.extract(sound, grid);
                  return FloatTensor.of(signal.values(), signal.frames(), signal.channels());
                }));
    tensors.computeIfAbsent(WAVE, name -> wave(sound, grid));
    Map<String, String> metadata = new LinkedHashMap<>(kept.metadata);
    metadata.put("file", file.getFileName().toString());
    ears.identities.forEach((curve, identity) -> metadata.put(Ears.COMPUTED_BY + curve, identity));
    return new NamedTensors(tensors, metadata);
  }

  private static FloatTensor wave(Sound sound, FrameGrid grid) {
    float[] wave = new float[grid.samples()];
    float[] heard =
        Resampler.resample(sound.channels()[0], sound.sampleRateHz(), grid.sampleRateHz());
    System.arraycopy(heard, 0, wave, 0, Math.min(heard.length, wave.length));
    return FloatTensor.of(wave, wave.length, 1);
  }

  /** SHA-256 of the manifest and of each file of music, by its path: what a training depends on. */
  public Map<String, String> fingerprint() {
    return Map.copyOf(fingerprint);
  }

  /** The controls it was heard with, by the names of their curves. */
  public Map<String, StyleControl> controls() {
    return controls;
  }

  /** Tracks of a split, {@code train}, {@code val} or {@code test}; may be empty. */
  public List<Track> tracks(String split) {
    return splits.getOrDefault(split, List.of());
  }

  /**
   * A clip of film and the music that goes with it; in a manifest that was built with mismatched
   * pairs that is foreign music for some.
   *
   * @param clip has a film, and begins at the same second of film and music
   * @param track the music it is cut from
   */
  public record Scene(Clip clip, Track track) {}

  /** Clips of a split that have a film; may be empty. */
  public List<Scene> scenes(String split) {
    return scenes.getOrDefault(split, List.of());
  }

  /** All labels of the training split, sorted. */
  public List<String> labels() {
    TreeSet<String> labels = new TreeSet<>();
    tracks("train").forEach(track -> labels.add(track.label()));
    labels.remove("");
    return List.copyOf(labels);
  }

  /** A piece of a track. */
  public record Piece(Track track, int start) {}

  /**
   * A piece that begins anywhere in a split, long tracks being taken more often.
   *
   * @param at uniform in [0, 1)
   * @param frames length of the piece; tracks shorter than it are taken from their beginning
   * @param multiple the start is a multiple of this many frames
   */
  public Piece piece(String split, double at, int frames, int multiple) {
    List<Track> tracks = tracks(split);
    long starts = 0;
    for (Track track : tracks) {
      starts += starts(track, frames, multiple);
    }
    if (starts == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "corpus",
          "the split '" + split + "' is empty",
          "split the manifest with 'maestro dataset split'");
    }
    long left = (long) (at * starts);
    for (Track track : tracks) {
      long own = starts(track, frames, multiple);
      if (left < own) {
        return new Piece(track, Math.toIntExact(left * multiple));
      }
      left -= own;
    }
    throw new IllegalStateException("a number of 1 or more: " + at);
  }

  private static long starts(Track track, int frames, int multiple) {
    return Math.max(0, (track.frames() - frames) / multiple) + 1L;
  }

  /** How many pieces of a split do not overlap; each track has room for one at least. */
  public int room(String split, int frames) {
    return tracks(split).stream().mapToInt(track -> Math.max(1, track.frames() / frames)).sum();
  }

  /** As {@link #pieces}, but no more than there is {@link #room} for, and at least one. */
  public List<Piece> heldOut(String split, int most, int frames, int multiple) {
    return pieces(split, Math.max(1, Math.min(most, room(split, frames))), frames, multiple);
  }

  /**
   * The same pieces each time, spread evenly over a split.
   *
   * @param count how many
   */
  public List<Piece> pieces(String split, int count, int frames, int multiple) {
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pieces.add(piece(split, (i + 0.5) / count, frames, multiple));
    }
    return pieces;
  }
}
