package maestro.api.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.film.FilmCondition;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.api.tensor.NamedTensors;
import org.junit.jupiter.api.Test;

final class TimingTest {
  private static Timing of(double seconds) {
    return Timing.of(16_000, 160, 1024, 1, 0, seconds, true);
  }

  @Test
  void coversEveryLength() {
    for (double seconds = 0.1; seconds < 60; seconds += 0.37) {
      Timing windows = of(seconds);
      assertThat(windows.coveredFrames()).isGreaterThanOrEqualTo((int) Math.ceil(seconds * 100));
      assertThat(windows.begin(windows.windows() - 1)).isLessThan((int) Math.ceil(seconds * 100));
    }
    assertThat(of(10.24).windows()).isEqualTo(1);
    assertThat(of(10.25).windows()).isEqualTo(2);
    assertThat(of(52.2).windows()).isEqualTo(6);
  }

  @Test
  void spansFollowOneAnotherWithoutAGap() {
    Timing timing = of(30);
    List<Timing.Span> spans =
        java.util.stream.IntStream.range(0, timing.windows()).mapToObj(timing::span).toList();
    assertThat(spans.get(0).beginSeconds()).isZero();
    for (int i = 1; i < spans.size(); i++) {
      assertThat(spans.get(i).beginSeconds()).isEqualTo(spans.get(i - 1).endSeconds());
    }
    assertThat(spans.get(0).endSeconds())
        .isCloseTo(9.74, within(1e-9)); // the middle of the overlap
    assertThat(spans.get(spans.size() - 1).endSeconds()).isInfinite();
  }

  @Test
  void theCrossFadeKeepsThePowerOfUncorrelatedTiming() {
    Timing windows = of(28);
    List<Sound> sounds = new ArrayList<>();
    for (int w = 0; w < windows.windows(); w++) {
      sounds.add(Sound.mono(new Noise(w).gaussian("sound", 1024 * 160), 16_000));
    }
    Sound joined = Kinds.SOUND.fit().orElseThrow().join(sounds, windows);
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
    Timing windows = of(15);
    float[] ones = new float[1024 * 160];
    Arrays.fill(ones, 1);
    float[] twos = new float[1024 * 160];
    Arrays.fill(twos, 2);
    float[] joined =
        Kinds.SOUND
            .fit()
            .orElseThrow()
            .join(List.of(Sound.mono(ones, 16_000), Sound.mono(twos, 16_000)), windows)
            .channels()[0];
    assertThat(joined[9 * 16_000]).isEqualTo(1);
    assertThat(joined[(int) (10.25 * 16_000)]).isEqualTo(2);
  }

  @Test
  void aConditionIsKeptWithWhatTheOtherPassHears() {
    Kind.Form<FilmCondition> form = Kinds.CONDITION.form().orElseThrow();
    float[] with = {1, 2, 3};
    float[] without = {1, 0, 3};
    Map<String, Double> shares = Map.of("encoder.light", 0.25, "encoder.other", 0.75);
    NamedTensors kept = form.write(new FilmCondition(with, Optional.of(without), shares));
    FilmCondition read = form.read(kept);
    assertThat(read.vector()).containsExactly(with);
    assertThat(read.unguided().orElseThrow()).containsExactly(without);
    assertThat(read.weights()).isEqualTo(shares);
    NamedTensors whole = form.write(new FilmCondition(with, shares));
    assertThat(form.read(whole).unguided()).isEmpty();
  }
}
