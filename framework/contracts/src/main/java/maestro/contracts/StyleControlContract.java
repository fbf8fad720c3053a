package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link StyleControl}. Extend it and return your control. */
public abstract class StyleControlContract {
  /** The control under test. */
  protected abstract StyleControl control();

  @Test
  void fillsTheGrid() {
    check(control().extract(tone(16_000, 10.24), FrameGrid.PAPER), FrameGrid.PAPER);
  }

  @Test
  void takesAnySampleRate() {
    for (int rate : new int[] {8_000, 22_050, 44_100, 48_000}) {
      FrameGrid grid = FrameGrid.PAPER.withFrames(256);
      check(control().extract(tone(rate, 2.56), grid), grid);
    }
  }

  @Test
  void takesStereo() {
    float[] left = tone(44_100, 2.56).channels()[0];
    FrameGrid grid = FrameGrid.PAPER.withFrames(256);
    check(control().extract(new Sound(new float[][] {left, left.clone()}, 44_100), grid), grid);
  }

  @Test
  void padsWhatIsShortAndCutsWhatIsLong() {
    FrameGrid grid = FrameGrid.PAPER.withFrames(256);
    check(control().extract(tone(16_000, 0.5), grid), grid);
    check(control().extract(tone(16_000, 6), grid), grid);
  }

  @Test
  void copesWithSilence() {
    FrameGrid grid = FrameGrid.PAPER.withFrames(256);
    check(control().extract(Sound.mono(new float[40_960], 16_000), grid), grid);
  }

  /** A control that notes tell nothing of says so by an empty answer. */
  @Test
  void whatItReadsFromNotesFillsTheGrid() {
    FrameGrid grid = FrameGrid.PAPER.withFrames(256);
    List<Note> notes =
        List.of(
            new Note(0, 0.5, 60, 1, true),
            new Note(0, 1, 127, 0.01, true),
            new Note(1, 0, 38, 0.5, false),
            new Note(2.5, 10, 72, 0.5, true),
            new Note(1000, 1, 72, 0.5, true));
    control().write(notes, grid).ifPresent(signal -> check(signal, grid));
  }

  @Test
  void hearsTheSameTwiceAndLeavesTheSoundAsItWas() {
    FrameGrid grid = FrameGrid.PAPER.withFrames(256);
    Sound sound = tone(16_000, 2.56);
    float[] before = sound.channels()[0].clone();
    ControlSignal first = control().extract(sound, grid);
    assertThat(sound.channels()[0]).containsExactly(before);
    assertThat(control().extract(sound, grid).values()).containsExactly(first.values());
  }

  private void check(ControlSignal signal, FrameGrid grid) {
    assertThat(signal.frames()).isEqualTo(grid.frames());
    assertThat(signal.channels()).isEqualTo(control().channels());
    for (float value : signal.values()) {
      assertThat(value).isFinite();
    }
  }

  private static Sound tone(int rate, double seconds) {
    int length = (int) Math.round(rate * seconds);
    float[] noise = new Noise(7).gaussian("tone", length);
    float[] samples = new float[length];
    for (int n = 0; n < length; n++) {
      double t = (double) n / rate;
      double level = 0.4 + 0.3 * Math.sin(2 * Math.PI * 0.7 * t);
      samples[n] = (float) (level * Math.sin(2 * Math.PI * 440 * t) + 0.01 * noise[n]);
    }
    return Sound.mono(samples, rate);
  }
}
