package maestro.training.style;

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

/** Three composers of three tracks each; a composer has a tone of his own under noise. */
final class TinyCorpus {
  private static final int RATE = 16_000;

  private TinyCorpus() {}

  static Corpus in(Path folder, String... composers) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (String composer : composers) {
      for (String track : List.of("one", "two", "three")) {
        Clip clip = new Clip();
        clip.id = composer + "-" + track;
        clip.audio = clip.id;
        clip.composer = composer;
        clip.split = track.equals("three") ? "val" : "train";
        Files.writeString(folder.resolve(clip.audio), clip.id);
        clips.add(clip);
      }
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(new TestSounds(TinyCorpus::sound), new LogMel(), Map.of(), Map.of()),
        track -> {});
  }

  private static Sound sound(Path file) {
    String name = file.getFileName().toString();
    double frequency = 300 * Math.pow(2.5, name.charAt(0) - 'a');
    float[] samples = new Noise(name.hashCode()).gaussian("noise", 2 * RATE);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.02 * samples[i] + 0.3 * Math.sin(2 * Math.PI * frequency * i / RATE));
    }
    return Sound.mono(samples, RATE);
  }
}
