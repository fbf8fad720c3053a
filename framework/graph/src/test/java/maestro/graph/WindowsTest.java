package maestro.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

final class WindowsTest {
  private static Windows of(double seconds) {
    return Windows.of(0, seconds, true, 1024, 1);
  }

  @Test
  void coversEveryLength() {
    for (double seconds = 0.1; seconds < 60; seconds += 0.37) {
      Windows windows = of(seconds);
      assertThat(windows.coveredFrames()).isGreaterThanOrEqualTo((int) Math.ceil(seconds * 100));
      assertThat(windows.begin(windows.count() - 1)).isLessThan((int) Math.ceil(seconds * 100));
    }
    assertThat(of(10.24).count()).isEqualTo(1);
    assertThat(of(10.25).count()).isEqualTo(2);
    assertThat(of(52.2).count()).isEqualTo(6);
  }

  @Test
  void spansFollowOneAnotherWithoutAGap() {
    List<Span> spans = of(30).spans();
    assertThat(spans.get(0).beginSeconds()).isZero();
    for (int i = 1; i < spans.size(); i++) {
      assertThat(spans.get(i).beginSeconds()).isEqualTo(spans.get(i - 1).endSeconds());
    }
    assertThat(spans.get(0).endSeconds())
        .isCloseTo(9.74, within(1e-9)); // the middle of the overlap
    assertThat(spans.get(spans.size() - 1).endSeconds()).isInfinite();
  }

  @Test
  void theCrossFadeKeepsThePowerOfUncorrelatedWindows() {
    Windows windows = of(28);
    List<Sound> sounds = new ArrayList<>();
    for (int w = 0; w < windows.count(); w++) {
      sounds.add(Sound.mono(new Noise(w).gaussian("sound", 1024 * 160), 16_000));
    }
    Sound joined = windows.join(sounds, 28);
    assertThat(joined.length()).isEqualTo(28 * 16_000);
    for (int second = 0; second < 28; second++) {
      double power = 0;
      for (int i = second * 16_000; i < (second + 1) * 16_000; i++) {
        power += joined.channels()[0][i] * joined.channels()[0][i];
      }
      assertThat(power / 16_000).isCloseTo(1, within(0.06));
    }
  }

  @Test
  void outsideTheOverlapTheWindowIsUntouched() {
    Windows windows = of(15);
    float[] ones = new float[1024 * 160];
    Arrays.fill(ones, 1);
    float[] twos = new float[1024 * 160];
    Arrays.fill(twos, 2);
    float[] joined =
        windows.join(List.of(Sound.mono(ones, 16_000), Sound.mono(twos, 16_000)), 15).channels()[0];
    assertThat(joined[9 * 16_000]).isEqualTo(1);
    assertThat(joined[(int) (10.25 * 16_000)]).isEqualTo(2);
  }
}
