package maestro.encoder.wecl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentsTest {
  @Test
  void aFilmOfTenSecondsHasTheMiddleOfEachSegment() {
    Segments segments = film(300, 300);
    assertThat(segments.length()).isEqualTo(18);
    assertThat(segments.index(0, 0)).isEqualTo(1);
    assertThat(segments.index(15, 15)).isEqualTo(15 * 18 + 1 + 15);
    assertThat(segments.firstPass()).isEqualTo(16);
  }

  @Test
  void aShortFilmIsRepeatedFromItsStart() {
    Segments segments = film(100, 100);
    assertThat(segments.length()).isEqualTo(16);
    assertThat(segments.index(6, 4)).isZero();
    assertThat(segments.index(15, 15)).isEqualTo(255 % 100);
    assertThat(segments.firstPass()).isEqualTo(7);
    assertThat(number(segments.pixels(6, 4))).isZero();
    Segments single = film(1, 1);
    assertThat(single.index(9, 7)).isZero();
    assertThat(single.firstPass()).isEqualTo(1);
  }

  @Test
  void framesAreExactAlsoWhenTheLengthIsALittleOff() {
    for (int off : new int[] {-30, -1, 0, 1, 30}) {
      Segments segments = film(60_000 + off, 60_000);
      assertThat(segments.asExpected()).isTrue();
      for (int segment = 0; segment < 16; segment++) {
        for (int i = 0; i < 16; i++) {
          assertThat(number(segments.pixels(segment, i))).isEqualTo(segments.index(segment, i));
        }
      }
    }
  }

  @Test
  void memoryDoesNotGrowWithTheFilmNorWithALie() {
    assertThat(kept(1_000_000, 1_000_000)).isLessThan(3000);
    assertThat(kept(1_000_000, 10)).isLessThan(3000);
    assertThat(kept(100, 1_000_000)).isLessThan(3000);
  }

  @Test
  void aFilmThatEndsEarlyGetsTheNearestFrames() {
    Segments segments = film(5_000, 60_000);
    assertThat(segments.asExpected()).isFalse();
    for (int segment = 0; segment < 16; segment++) {
      assertThat(number(segments.pixels(segment, 0))).isBetween(0, 5_000);
    }
  }

  private static int kept(int count, long expected) {
    Segments segments = new Segments(16, expected);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      boolean wanted = segments.wantsNext();
      kept += wanted ? 1 : 0;
      segments.next(wanted ? new byte[0] : null);
    }
    return kept;
  }

  private static Segments film(int count, long expected) {
    Segments segments = new Segments(16, expected);
    for (int i = 0; i < count; i++) {
      segments.next(
          segments.wantsNext() ? new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i} : null);
    }
    return segments;
  }

  private static int number(byte[] pixels) {
    return (pixels[0] & 0xff) << 16 | (pixels[1] & 0xff) << 8 | pixels[2] & 0xff;
  }
}
