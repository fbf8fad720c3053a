package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameClockTest {
  @Test
  void showsAPictureUntilTheNextIsDue() {
    assertThat(shown(4, 0, 1, 3)).containsExactly(0, 1, 1, 2);
  }

  @Test
  void leavesOutAPictureThatSharesATickWithTheNext() {
    assertThat(shown(3, 0, 0, 1, 1, 2)).containsExactly(1, 3, 4);
  }

  @Test
  void startsWithTheFirstPicture() {
    assertThat(shown(12, 10, 11)).containsExactly(0, 1);
  }

  @Test
  void timesThatRunBackwardsShowNothingTwice() {
    assertThat(shown(6, 0, 4, 2, 5)).containsExactly(0, 0, 0, 0, 2, 3);
  }

  @Test
  void aFilmShorterThanHalfATickStillShowsOnePicture() {
    assertThat(shown(0, 0)).containsExactly(0);
    assertThat(shown(7, 7, 7)).containsExactly(1);
  }

  /**
   * Numbers of the pictures shown, of those due at the given ticks in a film that ends at {@code
   * end}.
   */
  private static List<Integer> shown(long end, long... due) {
    FrameClock clock = new FrameClock(0);
    List<Integer> shown = new ArrayList<>();
    for (int n = 0; n <= due.length; n++) {
      long times = n < due.length ? clock.arrives(due[n]) : clock.ends(end);
      for (long i = 0; i < times; i++) {
        shown.add(n - 1);
      }
    }
    return shown;
  }
}
