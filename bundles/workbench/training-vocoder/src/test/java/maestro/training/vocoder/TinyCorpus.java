package maestro.training.vocoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.contracts.TestSounds;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.signal.LogMel;
import maestro.training.corpus.Corpus;

/** Three short tracks of a tone each under noise, the last held out. */
public final class TinyCorpus {
  private static final int RATE = 16_000;

  private TinyCorpus() {}

  /** Opens it, its files and what is kept in a folder. */
  public static Corpus in(Path folder) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (String name : List.of("one", "two", "three")) {
      Clip clip = new Clip();
      clip.id = name;
      clip.audio = name;
      clip.split = name.equals("three") ? "val" : "train";
      Files.writeString(folder.resolve(name), name);
      clips.add(clip);
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(new TestSounds(TinyCorpus::sound), new LogMel(), Map.of(), Map.of()),
        track -> {});
  }

  /** A second of a tone with its octave, under noise. */
  static float[] tone(String name) {
    double frequency = 300 + 40 * name.length();
    float[] samples = new Noise(name.hashCode()).gaussian("noise", RATE);
    for (int i = 0; i < samples.length; i++) {
      double turn = 2 * Math.PI * frequency * i / RATE;
      samples[i] = (float) (0.02 * samples[i] + 0.3 * Math.sin(turn) + 0.1 * Math.sin(2 * turn));
    }
    return samples;
  }

  private static Sound sound(Path file) {
    return Sound.mono(tone(file.getFileName().toString()), RATE);
  }
}
