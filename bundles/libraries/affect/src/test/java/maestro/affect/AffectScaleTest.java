package maestro.affect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maestro.api.sound.Mel;
import org.junit.jupiter.api.Test;

class AffectScaleTest {
  private static AffectScale oneToHundredAndOne() {
    List<double[]> raw = new ArrayList<>();
    for (int i = 1; i <= 101; i++) {
      raw.add(new double[] {i, -i, i * i, 5, i % 2});
    }
    return AffectScale.of(raw);
  }

  @Test
  void leastMedianAndGreatestAreMinusOneZeroAndOne() {
    AffectScale scale = oneToHundredAndOne();
    assertThat(scale.rank(new double[] {1, -101, 1, 5, 0})[0]).isEqualTo(-1);
    assertThat(scale.rank(new double[] {51, -51, 1, 5, 0})[0]).isCloseTo(0, within(1e-6f));
    assertThat(scale.rank(new double[] {101, -1, 1, 5, 0})[0]).isEqualTo(1);
    assertThat(scale.rank(new double[] {1000, 1000, 1e9, 5, 9})).containsOnly(1f, 1f, 1f, 0f, 1f);
    assertThat(scale.rank(new double[] {26, -51, 1, 5, 0})[0]).isCloseTo(-0.5f, within(1e-6f));
  }

  @Test
  void aCorpusWithoutDifferencesStandsInTheMiddle() {
    assertThat(oneToHundredAndOne().rank(new double[] {1, 1, 1, 5, 1})[3]).isZero();
  }

  @Test
  void ranksNeverFall() {
    AffectScale scale = oneToHundredAndOne();
    float before = -2;
    for (double x = -10; x < 120; x += 0.37) {
      float rank = scale.rank(new double[] {x, 0, 0, 0, 0})[0];
      assertThat(rank).isGreaterThanOrEqualTo(before);
      before = rank;
    }
  }

  @Test
  void fallingQuantilesAreRefused() {
    double[][] falling = new double[5][];
    Arrays.fill(falling, new double[] {1, 0});
    assertThatThrownBy(() -> new AffectScale(falling)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void louderMusicHasMoreEnergyAndFasterMusicMorePace() {
    assertThat(MusicAffect.of(beats(25, 0))[0]).isGreaterThan(MusicAffect.of(beats(25, -3))[0]);
    assertThat(MusicAffect.of(beats(10, 0))[1]).isGreaterThan(MusicAffect.of(beats(50, 0))[1]);
    assertThat(MusicAffect.of(beats(25, 0))).doesNotContain(Double.NaN);
  }

  /** A beat every so many frames, dying away, in the lower half of the bands. */
  private static Mel beats(int every, float level) {
    float[] values = new float[400 * 64];
    for (int t = 0; t < 400; t++) {
      for (int b = 0; b < 64; b++) {
        values[t * 64 + b] = b < 32 ? level - 2f * (t % every) / every : -11.5f;
      }
    }
    return new Mel(400, 64, values);
  }
}
