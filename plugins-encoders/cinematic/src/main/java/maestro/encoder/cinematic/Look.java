package maestro.encoder.cinematic;

import maestro.api.film.Frame;

/**
 * How one frame looks, and what is needed to compare it with the next. With R, G, B in 0 … 1 as
 * stored (gamma-coded) and Y = 0.2126 R + 0.7152 G + 0.0722 B (Rec. 709):
 *
 * @param light mean of Y, 0 … 1
 * @param contrast standard deviation of Y, 0 … 0.5
 * @param colour colourfulness of Hasler and Süsstrunk (2003): with rg = R − G and yb = (R + G)/2 −
 *     B, the root of the summed variances of both plus 0.3 times the root of their summed squared
 *     means; 0 for grey, about 0.4 for vivid
 * @param warmth mean of R − B, −1 … 1; above 0 for fire and sunsets, below for snow and night
 * @param detail mean length of the gradient of Y from pixel to pixel, 0 … √2
 * @param luma Y · 255 of each pixel
 * @param thumbnail Y · 255, averaged over a grid of 32 x 18
 * @param histograms share of pixels by Y, rg and yb, 16 bins each, in each of 3 x 3 regions of the
 *     picture
 */
record Look(
    double light,
    double contrast,
    double colour,
    double warmth,
    double detail,
    float[] luma,
    float[] thumbnail,
    float[] histograms) {
  private static final int THUMBNAIL_WIDTH = 32;
  private static final int THUMBNAIL_HEIGHT = 18;
  private static final int GRID = 3;
  private static final int BINS = 16;

  /** Looks at a frame. */
  static Look at(Frame frame) {
    int width = frame.width();
    int height = frame.height();
    int pixels = width * height;
    float[] luma = new float[pixels];
    float[] thumbnail = new float[THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT];
    float[] covered = new float[thumbnail.length];
    float[] histograms = new float[GRID * GRID * 3 * BINS];
    float[] inRegion = new float[GRID * GRID];
    Moments light = new Moments();
    Moments redGreen = new Moments();
    Moments yellowBlue = new Moments();
    Moments warmth = new Moments();
    byte[] rgb = frame.rgb();
    for (int y = 0, p = 0; y < height; y++) {
      int gridRow = GRID * (y * GRID / height);
      int thumbnailRow = THUMBNAIL_WIDTH * (y * THUMBNAIL_HEIGHT / height);
      for (int x = 0; x < width; x++, p++) {
        int red = rgb[3 * p] & 0xFF;
        int green = rgb[3 * p + 1] & 0xFF;
        int blue = rgb[3 * p + 2] & 0xFF;
        float grey = 0.2126f * red + 0.7152f * green + 0.0722f * blue;
        float rg = red - green;
        float yb = (red + green) / 2f - blue;
        luma[p] = grey;
        light.add(grey);
        redGreen.add(rg);
        yellowBlue.add(yb);
        warmth.add(red - blue);
        int cell = thumbnailRow + x * THUMBNAIL_WIDTH / width;
        thumbnail[cell] += grey;
        covered[cell]++;
        int region = gridRow + x * GRID / width;
        inRegion[region]++;
        int first = region * 3 * BINS;
        histograms[first + Math.min(BINS - 1, (int) (grey / 16))]++;
        histograms[first + BINS + (int) ((rg + 256) / 32)]++;
        histograms[first + 2 * BINS + (int) ((yb + 256) / 32)]++;
      }
    }
    for (int i = 0; i < thumbnail.length; i++) {
      thumbnail[i] = covered[i] == 0 ? 0 : thumbnail[i] / covered[i];
    }
    for (int i = 0; i < histograms.length; i++) {
      float size = inRegion[i / (3 * BINS)];
      histograms[i] = size == 0 ? 0 : histograms[i] / size;
    }
    double spread = Math.sqrt(redGreen.variance() + yellowBlue.variance());
    double offset = Math.hypot(redGreen.mean(), yellowBlue.mean());
    return new Look(
        light.mean() / 255,
        Math.sqrt(light.variance()) / 255,
        (spread + 0.3 * offset) / 255,
        warmth.mean() / 255,
        detail(luma, width, height) / 255,
        luma,
        thumbnail,
        histograms);
  }

  private static double detail(float[] luma, int width, int height) {
    double sum = 0;
    for (int y = 0; y + 1 < height; y++) {
      for (int x = 0; x + 1 < width; x++) {
        int p = y * width + x;
        float across = luma[p + 1] - luma[p];
        float down = luma[p + width] - luma[p];
        sum += Math.sqrt(across * across + down * down);
      }
    }
    int counted = (width - 1) * (height - 1);
    return counted == 0 ? 0 : sum / counted;
  }

  /** Mean absolute difference of Y to the frame before, 0 … 1. */
  double differenceFrom(Look before) {
    double sum = 0;
    for (int p = 0; p < luma.length; p++) {
      sum += Math.abs(luma[p] - before.luma[p]);
    }
    return sum / luma.length / 255;
  }

  /**
   * How little this frame has in common with the one before, 0 … 2: the distance d of the
   * histograms (half the sum of absolute differences, averaged over regions and channels, 0 … 1)
   * plus, as far as d reaches 0.12, one minus the correlation of the thumbnails (0 … 1). Fades
   * change the histograms but not what stands where, small moving things the opposite; a cut
   * changes both.
   */
  double changeFrom(Look before) {
    double distance = 0;
    for (int i = 0; i < histograms.length; i++) {
      distance += Math.abs(histograms[i] - before.histograms[i]);
    }
    distance /= 2.0 * GRID * GRID * 3;
    double unlike = Math.max(0, Math.min(1, 1 - correlation(thumbnail, before.thumbnail)));
    return distance + unlike * Math.min(1, distance / 0.12);
  }

  /**
   * Correlation that takes noise of two grey levels for nothing; plain pictures correlate with all.
   */
  private static double correlation(float[] a, float[] b) {
    double meanA = 0;
    double meanB = 0;
    for (int i = 0; i < a.length; i++) {
      meanA += a[i] / a.length;
      meanB += b[i] / b.length;
    }
    double noise = 4.0 * a.length;
    double ab = noise;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / (Math.sqrt(aa * bb) + noise);
  }
}
