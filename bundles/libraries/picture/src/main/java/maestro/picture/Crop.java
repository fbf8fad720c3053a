package maestro.picture;

/** Cuts a rectangle out of a picture, by the rules the published encoders use. */
public final class Crop {
  private Crop() {}

  /**
   * The rectangle that begins at a column and a row.
   *
   * @throws IllegalArgumentException when it does not lie inside the picture
   */
  public static Picture at(Picture picture, int left, int top, int width, int height) {
    if (left < 0
        || top < 0
        || width < 1
        || height < 1
        || left + width > picture.width()
        || top + height > picture.height()) {
      throw new IllegalArgumentException(
          "crop: "
              + width
              + " x "
              + height
              + " at ("
              + left
              + ", "
              + top
              + ") is not inside "
              + picture.width()
              + " x "
              + picture.height());
    }
    if (width == picture.width() && height == picture.height()) {
      return picture;
    }
    int channels = picture.channels();
    byte[] out = new byte[width * height * channels];
    for (int y = 0; y < height; y++) {
      int from = ((top + y) * picture.width() + left) * channels;
      System.arraycopy(picture.values(), from, out, y * width * channels, width * channels);
    }
    return new Picture(width, height, channels, out);
  }

  /** The middle square; an offset of half a pixel is rounded to even, as torchvision does. */
  public static Picture centre(Picture picture, int side) {
    int left = (int) Math.rint((picture.width() - side) / 2.0);
    int top = (int) Math.rint((picture.height() - side) / 2.0);
    return at(picture, left, top, side, side);
  }

  /** The middle square; an offset of half a pixel is rounded down, as transformers does. */
  public static Picture centreRoundedDown(Picture picture, int side) {
    int left = Math.floorDiv(picture.width() - side, 2);
    int top = Math.floorDiv(picture.height() - side, 2);
    return at(picture, left, top, side, side);
  }

  /** The largest square around the middle; half a pixel is rounded to even. */
  public static Picture centreSquare(Picture picture) {
    return centre(picture, Math.min(picture.width(), picture.height()));
  }

  /**
   * Rows and columns {@code from} up to but not including {@code to}, with {@code to} cut to the
   * picture, as a slice in Python.
   */
  public static Picture slice(Picture picture, int from, int to) {
    int width = Math.min(to, picture.width()) - from;
    int height = Math.min(to, picture.height()) - from;
    return at(picture, from, from, width, height);
  }
}
