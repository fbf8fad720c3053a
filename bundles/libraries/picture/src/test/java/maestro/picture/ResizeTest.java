package maestro.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Numbers made with Pillow 12.3 and OpenCV 5.0 on the picture (7x + 13y + xy) mod 256. */
class ResizeTest {
  private static final Picture GRADIENT = gradient(1);

  @Test
  void bicubicShrinksAsPillowDoes() {
    Picture out = PillowResize.resize(GRADIENT, 21, 16, PillowResize.Filter.BICUBIC);
    assertThat(sum(out)).isEqualTo(42732);
    assertThat(row(out, 0, 21))
        .containsExactly(
            14, 31, 49, 66, 84, 102, 119, 137, 159, 181, 202, 186, 189, 153, 101, 125, 59, 53, 78,
            100, 116);
    assertThat(row(out, 15, 21))
        .containsExactly(
            185, 70, 158, 129, 70, 183, 113, 100, 182, 83, 135, 146, 69, 160, 101, 101, 157, 117,
            117, 186, 90);
  }

  @Test
  void bilinearShrinksAsPillowDoes() {
    Picture out = PillowResize.resize(GRADIENT, 21, 16, PillowResize.Filter.BILINEAR);
    assertThat(sum(out)).isEqualTo(42734);
    assertThat(row(out, 0, 21))
        .containsExactly(
            18, 33, 52, 70, 87, 106, 123, 141, 159, 177, 195, 181, 180, 149, 105, 119, 67, 64, 82,
            100, 116);
    assertThat(row(out, 15, 21))
        .containsExactly(
            181, 83, 148, 131, 83, 167, 119, 104, 169, 96, 132, 141, 82, 147, 107, 107, 149, 121,
            120, 173, 96);
  }

  @Test
  void bicubicEnlargesAsPillowDoes() {
    Picture out = PillowResize.resize(GRADIENT, 60, 45, PillowResize.Filter.BICUBIC);
    assertThat(sum(out)).isEqualTo(343313);
    assertThat(row(out, 0, 12)).containsExactly(0, 4, 10, 15, 21, 26, 32, 38, 43, 49, 54, 60);
  }

  @Test
  void cubicShrinksAsOpenCvDoesToOneGreyLevel() {
    Picture out = OpenCvResize.cubic(GRADIENT, 21, 16);
    assertThat((double) sum(out)).isCloseTo(43366, within(21 * 16 * 0.05));
    int[] first = {
      11, 29, 47, 63, 80, 98, 115, 132, 149, 167, 184, 223, 247, 198, 89, 106, 22, 48, 65, 83, 101
    };
    int[] last = {
      246, 54, 154, 102, 85, 182, 119, 113, 212, 8, 143, 180, 79, 178, 40, 102, 184, 103, 132, 224,
      31
    };
    for (int x = 0; x < 21; x++) {
      assertThat(out.at(x, 0, 0)).isCloseTo(first[x], within(1));
      assertThat(out.at(x, 15, 0)).isCloseTo(last[x], within(1));
    }
    assertThat(out.at(11, 0, 0)).as("integer arithmetic").isEqualTo(224);
    assertThat(out.at(12, 0, 0)).as("integer arithmetic").isEqualTo(246);
  }

  @Test
  void cubicEnlargesAsOpenCvDoes() {
    Picture out = OpenCvResize.cubic(GRADIENT, 60, 45);
    assertThat((double) sum(out)).isCloseTo(343017, within(60 * 45 * 0.05));
    int[] first = {0, 3, 10, 15, 21, 26, 32, 37, 43, 49, 54, 59};
    for (int x = 0; x < first.length; x++) {
      assertThat(out.at(x, 0, 0)).isCloseTo(first[x], within(1));
    }
  }

  @Test
  void threeChannelsAreResizedAsThreePictures() {
    Picture colour = gradient(3);
    for (PillowResize.Filter filter : PillowResize.Filter.values()) {
      Picture out = PillowResize.resize(colour, 21, 16, filter);
      for (int channel = 0; channel < 3; channel++) {
        assertSame(out, channel, PillowResize.resize(plane(colour, channel), 21, 16, filter));
      }
    }
    Picture out = OpenCvResize.cubic(colour, 60, 16);
    for (int channel = 0; channel < 3; channel++) {
      assertSame(out, channel, OpenCvResize.cubic(plane(colour, channel), 60, 16));
    }
  }

  @Test
  void aDirectionThatDoesNotChangeIsLeftAlone() {
    assertThat(PillowResize.resize(GRADIENT, 48, 36, PillowResize.Filter.BICUBIC))
        .isSameAs(GRADIENT);
    Picture narrow = PillowResize.resize(GRADIENT, 24, 36, PillowResize.Filter.BILINEAR);
    Picture low = PillowResize.resize(GRADIENT, 48, 18, PillowResize.Filter.BILINEAR);
    assertThat(narrow.width()).isEqualTo(24);
    assertThat(low.height()).isEqualTo(18);
    Picture constant = new Picture(2, 3, 1, new byte[] {9, 9, 9, 9, 9, 9});
    assertThat(PillowResize.resize(constant, 2, 7, PillowResize.Filter.BICUBIC).values())
        .containsOnly(9);
    assertThat(PillowResize.resize(constant, 1, 3, PillowResize.Filter.BICUBIC).values())
        .containsOnly(9);
  }

  @Test
  void theShorterSideRulesAndTheLongerIsTruncated() {
    Picture wide = PillowResize.resizeShorterSide(GRADIENT, 25, PillowResize.Filter.BICUBIC);
    assertThat(wide.width()).isEqualTo(33);
    assertThat(wide.height()).isEqualTo(25);
    Picture tall =
        PillowResize.resizeShorterSide(
            new Picture(3, 7, 1, new byte[21]), 10, PillowResize.Filter.BICUBIC);
    assertThat(tall.width()).isEqualTo(10);
    assertThat(tall.height()).isEqualTo(23);
  }

  @Test
  void refusesAnEmptyPicture() {
    assertThatThrownBy(() -> PillowResize.resize(GRADIENT, 0, 5, PillowResize.Filter.BICUBIC))
        .hasMessageContaining("0 x 5");
    assertThatThrownBy(() -> OpenCvResize.cubic(GRADIENT, 5, 0)).hasMessageContaining("5 x 0");
    assertThatThrownBy(() -> new Picture(2, 2, 3, new byte[11])).hasMessageContaining("11 bytes");
  }

  private static Picture gradient(int channels) {
    byte[] values = new byte[48 * 36 * channels];
    for (int y = 0; y < 36; y++) {
      for (int x = 0; x < 48; x++) {
        for (int c = 0; c < channels; c++) {
          values[(y * 48 + x) * channels + c] = (byte) ((7 + 31 * c) * x + 13 * y + x * y);
        }
      }
    }
    return new Picture(48, 36, channels, values);
  }

  private static Picture plane(Picture picture, int channel) {
    byte[] values = new byte[picture.width() * picture.height()];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.values()[i * picture.channels() + channel];
    }
    return new Picture(picture.width(), picture.height(), 1, values);
  }

  private static void assertSame(Picture colour, int channel, Picture plane) {
    assertThat(plane(colour, channel).values()).isEqualTo(plane.values());
  }

  private static int sum(Picture picture) {
    int sum = 0;
    for (byte value : picture.values()) {
      sum += value & 0xff;
    }
    return sum;
  }

  private static int[] row(Picture picture, int y, int count) {
    int[] row = new int[count];
    for (int x = 0; x < count; x++) {
      row[x] = picture.at(x, y, 0);
    }
    return row;
  }
}
