package maestro.control.melody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import maestro.contracts.StyleControlContract;
import org.junit.jupiter.api.Test;

final class MelodyTest extends StyleControlContract {
  @Override
  protected StyleControl control() {
    return new Melody("musiccontrolnet");
  }

  /** C3 at 0.5 and G4 at 0.25: the bass wins unless the high-pass takes it away. */
  @Test
  void hearsTheTuneAboveTheBass() {
    Sound sound = tones(130.81, 0.5, 392, 0.25);
    assertThat(control().extract(sound, FrameGrid.PAPER).argmax(512)).isEqualTo(7);
    assertThat(new Melody(2048, 2048, false).extract(sound, FrameGrid.PAPER).argmax(512)).isZero();
  }

  @Test
  void namesEveryPitchClassOfTheFifthOctave() {
    for (int c = 0; c < 12; c++) {
      double hz = 440 * Math.pow(2, (c - 9) / 12.0 + 1);
      ControlSignal melody = control().extract(tones(hz, 0.5, hz, 0), FrameGrid.PAPER);
      for (int t = 10; t < 1014; t++) {
        assertThat(melody.argmax(t)).isEqualTo(c);
      }
    }
  }

  @Test
  void thePapersWindowFillsTheSameGrid() {
    ControlSignal melody =
        new Melody("seed-literal").extract(tones(1760, 0.5, 1760, 0), FrameGrid.PAPER);
    assertThat(melody.frames()).isEqualTo(1024);
    assertThat(melody.argmax(512)).isEqualTo(9);
  }

  @Test
  void readsTheHighestNoteThatSounds() {
    List<Note> notes =
        List.of(
            new Note(0, 2, 48, 1, true),
            new Note(0.5, 1, 67, 0.2, true),
            new Note(1, 1, 81, 1, false));
    ControlSignal melody = control().write(notes, FrameGrid.PAPER).orElseThrow();
    assertThat(melody.argmax(49)).as("C below until the G begins").isZero();
    assertThat(melody.argmax(50)).isEqualTo(7);
    assertThat(melody.argmax(149)).as("percussion has no pitch").isEqualTo(7);
    assertThat(melody.argmax(150)).isZero();
    assertThat(melody.argmax(200)).as("rest").isEqualTo(-1);
  }

  /** What is read from notes is what is heard when they are played. */
  @Test
  void notesAreReadAsTheyAreHeard() {
    List<Note> notes = new ArrayList<>();
    float[] samples = new float[163_840];
    int[] scale = {60, 62, 64, 65, 67, 69, 71, 72, 74, 76};
    for (int i = 0; i < scale.length; i++) {
      notes.add(new Note(i, 1, scale[i] + 12, 1, true));
      for (int n = i * 16_000; n < (i + 1) * 16_000; n++) {
        samples[n] =
            (float)
                (0.4
                    * Math.sin(
                        2 * Math.PI * 880 * Math.pow(2, (scale[i] - 69) / 12.0) * n / 16_000));
      }
    }
    ControlSignal heard = control().extract(Sound.mono(samples, 16_000), FrameGrid.PAPER);
    ControlSignal read = control().write(notes, FrameGrid.PAPER).orElseThrow();
    int alike = 0;
    for (int t = 0; t < 1000; t++) {
      alike += heard.argmax(t) == read.argmax(t) ? 1 : 0;
    }
    assertThat(alike)
        .as("frames of 1,000; each change is heard within its window")
        .isGreaterThan(950);
  }

  @Test
  void rowsAreOneHotOrEmpty() {
    float[] samples = new float[163_840];
    System.arraycopy(tones(440, 0.5, 440, 0).channels()[0], 0, samples, 0, 81_920);
    ControlSignal melody = control().extract(Sound.mono(samples, 16_000), FrameGrid.PAPER);
    for (int t = 0; t < 1024; t++) {
      float sum = 0;
      for (int c = 0; c < 12; c++) {
        sum += melody.at(t, c);
      }
      assertThat(sum).isEqualTo(t < 500 ? 1f : t > 530 ? 0f : sum);
    }
    assertThat(melody.argmax(100)).isEqualTo(9);
    assertThat(melody.argmax(900)).isEqualTo(-1);
  }

  @Test
  void refusesAnUnknownProfile() {
    assertThatThrownBy(() -> new Melody("piano"))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("control.melody: setting profile is 'piano'");
  }

  private static Sound tones(double low, double lowLevel, double high, double highLevel) {
    float[] samples = new float[163_840];
    for (int n = 0; n < samples.length; n++) {
      double t = n / 16_000.0;
      samples[n] =
          (float)
              (lowLevel * Math.sin(2 * Math.PI * low * t)
                  + highLevel * Math.sin(2 * Math.PI * high * t));
    }
    return Sound.mono(samples, 16_000);
  }
}
