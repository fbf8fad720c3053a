package maestro.media;

/**
 * How a stored picture is turned and mirrored to be shown: column x and row y go to column {@code
 * a·x + c·y} and row {@code b·x + d·y}, counted from the far edge where that is negative. Cameras
 * store this beside the picture.
 */
record Orientation(int a, int b, int c, int d) {
  static final Orientation UPRIGHT = new Orientation(1, 0, 0, 1);

  /**
   * The nearest quarter turn, with or without a mirror, of the upper left 2 x 2 of a display
   * matrix.
   */
  static Orientation ofDisplayMatrix(int a, int b, int c, int d) {
    boolean straight =
        Math.abs((long) a) + Math.abs((long) d) >= Math.abs((long) b) + Math.abs((long) c);
    return straight
        ? new Orientation(a < 0 ? -1 : 1, 0, 0, d < 0 ? -1 : 1)
        : new Orientation(0, b < 0 ? -1 : 1, c < 0 ? -1 : 1, 0);
  }

  /** Whether width and height change places. */
  boolean swapsSides() {
    return a == 0;
  }

  /** Turns a stored picture of that size, RGB, into the shown one. */
  byte[] apply(byte[] rgb, int width, int height) {
    if (equals(UPRIGHT)) {
      return rgb;
    }
    int shownWidth = swapsSides() ? height : width;
    int left = a + c < 0 ? shownWidth - 1 : 0;
    int top = b + d < 0 ? (swapsSides() ? width : height) - 1 : 0;
    byte[] shown = new byte[rgb.length];
    for (int y = 0, from = 0; y < height; y++) {
      for (int x = 0; x < width; x++, from += 3) {
        int to = 3 * ((top + b * x + d * y) * shownWidth + left + a * x + c * y);
        shown[to] = rgb[from];
        shown[to + 1] = rgb[from + 1];
        shown[to + 2] = rgb[from + 2];
      }
    }
    return shown;
  }
}
