package maestro.control.dynamics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.pack.PackPart;
import maestro.api.sound.Sound;
import maestro.contracts.StyleControlContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

/** Numbers of librosa 0.11 and scipy. */
final class DynamicsTest extends StyleControlContract {
  @Override
  protected StyleControl control() {
    return new Dynamics(101, 2, 0, "");
  }

  @Test
  void followsASwellingTone() {
    float[] samples = new float[163_840];
    for (int n = 0; n < samples.length; n++) {
      double t = n / 16_000.0;
      samples[n] =
          (float) ((.2 + .15 * Math.sin(2 * Math.PI * .5 * t)) * Math.sin(2 * Math.PI * 440 * t));
    }
    int[] at = {0, 100, 512, 1023};
    double[] raw = {36.1193984, 35.845443, 33.012676, 39.4163271};
    double[] smoothed = {36.108822, 35.5933475, 32.4644643, 42.5414232};
    double[] level = Dynamics.level(samples, 160);
    ControlSignal dynamics = control().extract(Sound.mono(samples, 16_000), FrameGrid.PAPER);
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    for (float value : dynamics.values()) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    for (int i = 0; i < at.length; i++) {
      assertThat(level[at[i]]).isCloseTo(raw[i], within(1e-5));
      assertThat((double) dynamics.at(at[i], 0)).isCloseTo(smoothed[i], within(1e-5));
    }
    assertThat(least).isCloseTo(25.25706, within(1e-5));
    assertThat(most).isCloseTo(42.54142, within(1e-5));
  }

  @Test
  void silenceIsMinusOneHundred() {
    Sound silence = Sound.mono(new float[1600], 16_000);
    for (float value : control().extract(silence, FrameGrid.PAPER.withFrames(10)).values()) {
      assertThat(value).isCloseTo(-100f, within(1e-4f));
    }
  }

  @Test
  void smoothsClipsShorterThanItsWindow() {
    for (int frames : new int[] {1, 2, 3, 50, 101}) {
      ControlSignal dynamics =
          control()
              .extract(Sound.mono(new float[16_000], 16_000), FrameGrid.PAPER.withFrames(frames));
      assertThat(dynamics.frames()).isEqualTo(frames);
    }
  }

  @Test
  void refusesAWindowThatCannotTakeTheOrder() {
    assertThatThrownBy(() -> new Dynamics(100, 2, 0, ""))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("control.dynamics");
    assertThatThrownBy(() -> new Dynamics(3, 3, 0, "")).isInstanceOf(MaestroException.class);
  }

  @Test
  void followsTheEnergyOfAFilm() {
    Dynamics drawn = new Dynamics(101, 2, 1.5, "");
    TimeLine line = new TimeLine(1, List.of("pace", "energy"), new float[] {9, -1, 9, 1, 9, 0});
    ControlSignal signal =
        drawn.draw(Map.of("encoder.affect", line), FrameGrid.PAPER.withFrames(400), new TestRun());
    assertThat(drawn.drawsFromFilm()).isTrue();
    assertThat(signal.channels()).isEqualTo(1);
    assertThat(signal.at(0, 0)).isEqualTo(-1.5f); // a row is true of its middle
    assertThat(signal.at(50, 0)).isEqualTo(-1.5f);
    assertThat(signal.at(100, 0)).isCloseTo(0, within(1e-6f));
    assertThat(signal.at(150, 0)).isEqualTo(1.5f);
    assertThat(signal.at(399, 0)).isEqualTo(0);
  }

  @Test
  void keepsToTheLevelOfAComposer() {
    Map<String, Object> satie = Map.of("level", -2.0, "deviation", 0.5);
    PackPart part =
        new PackPart("control.dynamics", null, "", Map.of("composers", Map.of("satie", satie)));
    TimeLine line = new TimeLine(1, List.of("energy"), new float[] {-1, 1});
    ControlSignal signal =
        new Dynamics(101, 2, 1.5, "satie")
            .draw(
                Map.of("encoder.affect", line),
                FrameGrid.PAPER.withFrames(200),
                new TestRun(7, TestPack.of(part)));
    assertThat(signal.at(0, 0)).isEqualTo(-2.75f);
    assertThat(signal.at(199, 0)).isEqualTo(-1.25f);
  }

  @Test
  void needsTheEnergyToFollow() {
    assertThat(control().drawsFromFilm()).isFalse();
    TimeLine other = new TimeLine(1, List.of("light"), new float[] {1});
    assertThatThrownBy(
            () ->
                new Dynamics(101, 2, 1, "").draw(Map.of("encoder.x", other), FrameGrid.PAPER, null))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("encoder.affect");
  }
}
