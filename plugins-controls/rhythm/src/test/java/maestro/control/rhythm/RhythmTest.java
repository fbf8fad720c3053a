package maestro.control.rhythm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.sound.Sound;
import maestro.contracts.StyleControlContract;
import org.junit.jupiter.api.Test;

final class RhythmTest extends StyleControlContract {
  @Override
  protected StyleControl control() {
    return new Rhythm(0.3, 4);
  }

  /** Clicks at 120 beats a minute: every click is an onset and a beat, within 20 ms. */
  @Test
  void findsTheClicksOfAMetronome() {
    ControlSignal rhythm = control().extract(clicks(0.25, 0.5), FrameGrid.PAPER);
    List<Integer> expected = new ArrayList<>();
    for (double t = 0.25; t < 10; t += 0.5) {
      expected.add((int) Math.round(100 * t));
    }
    for (int channel = 0; channel < 2; channel++) {
      List<Integer> found = peaks(rhythm, channel);
      assertThat(found).as("channel %d", channel).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i)).isBetween(expected.get(i) - 2, expected.get(i) + 2);
      }
    }
  }

  /** A pause of three beats has no onsets, but the beat goes on. */
  @Test
  void keepsTheBeatThroughAPause() {
    float[] samples = clicks(0.2, 0.4).channels()[0];
    java.util.Arrays.fill(samples, (int) (4.1 * 16_000), (int) (5.3 * 16_000), 0);
    ControlSignal rhythm = control().extract(Sound.mono(samples, 16_000), FrameGrid.PAPER);
    assertThat(peaks(rhythm, 0)).noneMatch(t -> t > 412 && t < 528);
    assertThat(peaks(rhythm, 1)).filteredOn(t -> t > 412 && t < 528).hasSize(3);
  }

  @Test
  void silenceHasNoRhythm() {
    ControlSignal rhythm =
        control().extract(Sound.mono(new float[16_000], 16_000), FrameGrid.PAPER);
    assertThat(rhythm.values()).containsOnly(0f);
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new Rhythm(0, 4))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("control.rhythm");
    assertThatThrownBy(() -> new Rhythm(0.3, -1)).isInstanceOf(MaestroException.class);
  }

  private static List<Integer> peaks(ControlSignal rhythm, int channel) {
    List<Integer> peaks = new ArrayList<>();
    for (int t = 0; t < rhythm.frames(); t++) {
      float value = rhythm.at(t, channel);
      float before = t == 0 ? 0 : rhythm.at(t - 1, channel);
      float after = t == rhythm.frames() - 1 ? 0 : rhythm.at(t + 1, channel);
      if (value > 0 && value > before && value >= after) {
        peaks.add(t);
      }
    }
    return peaks;
  }

  private static Sound clicks(double first, double interval) {
    float[] samples = new float[163_840];
    for (double t = first; t < 10; t += interval) {
      int start = (int) Math.round(t * 16_000);
      for (int k = 0; k < 800 && start + k < samples.length; k++) {
        samples[start + k] +=
            (float) (0.8 * Math.exp(-k / 120.0) * Math.sin(2 * Math.PI * 1000 * k / 16_000.0));
      }
    }
    return Sound.mono(samples, 16_000);
  }
}
