package maestro.training.latent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import maestro.contracts.TestSounds;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.signal.LogMel;
import maestro.training.corpus.Corpus;

/**
 * Four tracks of a few seconds by two composers, each with a film: tones that change every half
 * second.
 */
final class TinyCorpus {
  private static final int RATE = 16_000;

  private TinyCorpus() {}

  static Corpus in(Path folder) throws java.io.IOException {
    return in(folder, clip -> {});
  }

  /** With changed clips. */
  static Corpus in(Path folder, Consumer<Clip> change) throws java.io.IOException {
    List<Clip> clips = new ArrayList<>();
    for (String path : List.of("a/one", "a/two", "b/three", "b/four")) {
      java.nio.file.Files.createDirectories(folder.resolve(path).getParent());
      java.nio.file.Files.writeString(folder.resolve(path), path);
      Clip clip = new Clip();
      clip.id = path;
      clip.audio = path;
      clip.video = path + ".mp4";
      clip.startSec = 1;
      clip.composer = path.substring(0, 1);
      clip.split = path.endsWith("two") ? "val" : "train";
      change.accept(clip);
      clips.add(clip);
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    Map<String, StyleControl> controls = new LinkedHashMap<>();
    controls.put("melody", new Everyone(12));
    controls.put("dynamics", new Everyone(1));
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(new TestSounds(TinyCorpus::sound), new LogMel(), controls, Map.of()),
        track -> {});
  }

  /** A control whose rows name their frame. */
  private record Everyone(int channels) implements StyleControl {
    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      float[] values = new float[grid.frames() * channels];
      for (int i = 0; i < values.length; i++) {
        values[i] = i % 7;
      }
      return new ControlSignal(grid.frames(), channels, values);
    }
  }

  private static Sound sound(Path file) {
    Random random = new Random(file.getFileName().toString().hashCode());
    float[] samples = new float[5 * RATE];
    double frequency = 0;
    for (int i = 0; i < samples.length; i++) {
      frequency = i % (RATE / 2) == 0 ? 200 + random.nextInt(2000) : frequency;
      samples[i] = (float) (0.3 * Math.sin(2 * Math.PI * frequency * i / RATE));
    }
    return Sound.mono(samples, RATE);
  }
}
