package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OrientationTest {
  /** Three columns, two rows: 1 2 3 / 4 5 6. */
  private static final int[] STORED = {1, 2, 3, 4, 5, 6};

  @Test
  void uprightStaysAsItIs() {
    byte[] rgb = rgb(STORED);
    assertThat(Orientation.UPRIGHT.apply(rgb, 3, 2)).isSameAs(rgb);
  }

  @Test
  void turnsByQuarters() {
    assertThat(turned(0, 1, -1, 0)).containsExactly(4, 1, 5, 2, 6, 3);
    assertThat(turned(-1, 0, 0, -1)).containsExactly(6, 5, 4, 3, 2, 1);
    assertThat(turned(0, -1, 1, 0)).containsExactly(3, 6, 2, 5, 1, 4);
  }

  @Test
  void mirrors() {
    assertThat(turned(-1, 0, 0, 1)).containsExactly(3, 2, 1, 6, 5, 4);
    assertThat(turned(1, 0, 0, -1)).containsExactly(4, 5, 6, 1, 2, 3);
    assertThat(turned(0, 1, 1, 0)).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void takesTheNearestQuarterTurn() {
    int cos = (int) (65536 * Math.cos(Math.toRadians(80)));
    int sin = (int) (65536 * Math.sin(Math.toRadians(80)));
    assertThat(Orientation.ofDisplayMatrix(cos, sin, -sin, cos))
        .isEqualTo(new Orientation(0, 1, -1, 0));
    assertThat(Orientation.ofDisplayMatrix(0, 0, 0, 0)).isEqualTo(Orientation.UPRIGHT);
  }

  private static int[] turned(int a, int b, int c, int d) {
    byte[] shown =
        Orientation.ofDisplayMatrix(a << 16, b << 16, c << 16, d << 16).apply(rgb(STORED), 3, 2);
    int[] values = new int[STORED.length];
    for (int i = 0; i < values.length; i++) {
      assertThat(shown[3 * i + 1]).isEqualTo((byte) (shown[3 * i] + 50));
      values[i] = shown[3 * i];
    }
    return values;
  }

  private static byte[] rgb(int[] values) {
    byte[] rgb = new byte[3 * values.length];
    for (int i = 0; i < values.length; i++) {
      rgb[3 * i] = (byte) values[i];
      rgb[3 * i + 1] = (byte) (values[i] + 50);
      rgb[3 * i + 2] = (byte) (values[i] + 100);
    }
    return rgb;
  }
}
