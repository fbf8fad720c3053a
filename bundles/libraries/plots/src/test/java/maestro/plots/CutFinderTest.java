package maestro.plots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import maestro.api.film.Frame;
import org.junit.jupiter.api.Test;

class CutFinderTest {
  @Test
  void aJumpIsACutAndASlowFadeIsNone() {
    CutFinder finder = new CutFinder();
    for (int i = 0; i < 60; i++) {
      int level = i < 30 ? 2 * i : 160 + i / 2;
      finder.add(frame(i / 12.0, level));
    }
    assertThat(finder.cuts()).containsExactly(30 / 12.0);
  }

  @Test
  void flickerIsNoCut() {
    CutFinder finder = new CutFinder();
    for (int i = 0; i < 40; i++) {
      finder.add(frame(i / 12.0, i % 2 == 0 ? 10 : 200));
    }
    assertThat(finder.cuts()).isEmpty();
    assertThat(new CutFinder().cuts()).isEmpty();
  }

  /** A ramp of greys, so that no single level decides. */
  private static Frame frame(double time, int level) {
    byte[] rgb = new byte[3 * 64];
    for (int x = 0; x < 64; x++) {
      Arrays.fill(rgb, 3 * x, 3 * x + 3, (byte) Math.min(255, level + x / 2));
    }
    return new Frame(time, 64, 1, rgb);
  }
}
