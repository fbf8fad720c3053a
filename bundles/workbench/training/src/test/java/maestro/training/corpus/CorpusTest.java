package maestro.training.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Mel;
import maestro.api.sound.MelFrontEnd;
import maestro.api.sound.Sound;
import maestro.contracts.TestSounds;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path folder;

  /** What was computed, in order. */
  private final List<String> heard = new ArrayList<>();

  private Map<String, String> identities = Map.of();

  private Corpus open(Consumer<Clip> change, String... controls) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (String name : List.of("one", "two", "one")) {
      Files.writeString(folder.resolve(name), name);
      Clip clip = new Clip();
      clip.id = name + clips.size();
      clip.audio = name;
      clip.split = name.equals("two") ? "val" : "train";
      change.accept(clip);
      clips.add(clip);
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    Map<String, StyleControl> ears = new TreeMap<>();
    for (String control : controls) {
      ears.put(control, new Ear(control));
    }
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(new TestSounds(CorpusTest::sound), new FrontEnd(), ears, identities),
        track -> {});
  }

  @Test
  void whatIsKeptIsNotComputedAgainWhenAControlIsAdded() throws IOException {
    open(clip -> {}, "dynamics");
    assertThat(heard).containsExactly("mel", "dynamics", "mel", "dynamics"); // two files
    heard.clear();
    Corpus more = open(clip -> {}, "dynamics", "melody");
    assertThat(heard).containsExactly("melody", "melody");
    assertThat(more.tracks("train").get(0).curves())
        .containsExactlyInAnyOrder("mel", "wave", "dynamics", "melody");
    assertThat(more.tracks("train").get(0).part("melody", 3, 2)).containsExactly(3, 4);
    heard.clear();
    open(clip -> {}, "melody");
    assertThat(heard).isEmpty();
  }

  /** Own jar, a jar it is wired to, its settings: whatever changes changes the identity. */
  @Test
  void whatAnotherCodeHasComputedIsComputedAgainAndNothingElse() throws IOException {
    identities = Map.of("mel", "a", "wave", "a", "dynamics", "a", "melody", "a");
    open(clip -> {}, "dynamics", "melody");
    heard.clear();
    open(clip -> {}, "dynamics", "melody");
    assertThat(heard).isEmpty();
    identities = Map.of("mel", "a", "wave", "a", "dynamics", "a", "melody", "b");
    Corpus again = open(clip -> {}, "dynamics", "melody");
    assertThat(heard).containsExactly("melody", "melody");
    assertThat(again.tracks("train").get(0).part("melody", 3, 2)).containsExactly(3, 4);
    heard.clear();
    open(clip -> {}, "melody");
    assertThat(heard).as("and it is kept").isEmpty();
    identities = Map.of("mel", "b", "wave", "a", "dynamics", "a", "melody", "b");
    open(clip -> {}, "dynamics", "melody");
    assertThat(heard).containsExactly("mel", "mel");
  }

  @Test
  void aTrackIsInOneSplitAlone() {
    assertThatThrownBy(() -> open(clip -> clip.split = clip.id.equals("one0") ? "train" : "val"))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("one is in two splits");
  }

  @Test
  void aPieceMayBeginAnywhereInItsSplit() throws IOException {
    Corpus corpus = open(clip -> {});
    assertThat(corpus.tracks("train")).hasSize(1); // two clips of one file
    assertThat(corpus.piece("train", 0, 40, 4).start()).isZero();
    assertThat(corpus.piece("train", 0.999, 40, 4).start()).isEqualTo(60);
    assertThat(corpus.pieces("val", 4, 40, 4))
        .extracting(Corpus.Piece::start)
        .containsExactly(8, 24, 40, 56);
    assertThatThrownBy(() -> corpus.piece("test", 0.5, 40, 4))
        .hasMessageContaining("the split 'test' is empty");
  }

  /** Rows that name their frame. */
  private final class Ear implements StyleControl {
    private final String name;

    Ear(String name) {
      this.name = name;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      heard.add(name);
      float[] values = new float[grid.frames()];
      for (int t = 0; t < values.length; t++) {
        values[t] = t;
      }
      return new ControlSignal(grid.frames(), 1, values);
    }
  }

  private final class FrontEnd implements MelFrontEnd {
    @Override
    public int sampleRateHz() {
      return 16_000;
    }

    @Override
    public int hopLength() {
      return 160;
    }

    @Override
    public int bands() {
      return 64;
    }

    @Override
    public Mel mel(Sound sound) {
      heard.add("mel");
      return new Mel(100, 64, new float[6400]);
    }
  }

  private static Sound sound(Path file) {
    return Sound.mono(new float[16_000], 16_000);
  }
}
