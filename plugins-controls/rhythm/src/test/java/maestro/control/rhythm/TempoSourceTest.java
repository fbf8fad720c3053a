package maestro.control.rhythm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maestro.api.control.Tempo;
import maestro.api.node.Kinds;
import maestro.api.node.Values;
import maestro.api.sound.Sound;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class TempoSourceTest {
  private static Sound clicks(double first, double interval) {
    float[] samples = new float[20 * 16_000];
    for (double t = first; t < 19.9; t += interval) {
      int start = (int) Math.round(t * 16_000);
      for (int k = 0; k < 800; k++) {
        samples[start + k] +=
            (float) (0.8 * Math.exp(-k / 120.0) * Math.sin(2 * Math.PI * 1000 * k / 16_000.0));
      }
    }
    return Sound.mono(samples, 16_000);
  }

  private static Values hear(Values in, TestRun run) {
    return new TempoSource().run(in, run);
  }

  @Test
  void hearsTheTempoOfAMetronomeAndWhereItsBeatsAre() {
    TestRun run = new TestRun();
    Tempo tempo =
        hear(Values.of(Kinds.STYLE, clicks(0.3, 0.62)), run).find(Kinds.TEMPO).orElseThrow();
    assertThat(tempo.beatSeconds()).isCloseTo(0.62, within(0.002));
    double off = (tempo.firstSeconds() - 0.3) / 0.62;
    assertThat(off - Math.rint(off)).as("share of a beat").isCloseTo(0, within(0.05));
    assertThat(run.remarks().toString()).contains("the tempo is 96.", "beats a minute");
  }

  @Test
  void aPieceWithoutABeatOrNoPieceGivesNone() {
    TestRun run = new TestRun();
    Values silence = Values.of(Kinds.STYLE, Sound.mono(new float[32_000], 16_000));
    assertThat(hear(silence, run).find(Kinds.TEMPO)).isEmpty();
    assertThat(hear(Values.none(), run).find(Kinds.TEMPO)).isEmpty();
    assertThat(run.remarks()).containsOnly("source.tempo hears no beat");
  }

  @Test
  void aMissingBeatDoesNotMoveTheOthers() {
    Tempo tempo = Beats.tempo(List.of(1.0, 1.5, 2.5, 3.0, 3.51, 4.0)).orElseThrow();
    assertThat(tempo.beatSeconds()).isCloseTo(0.5, within(0.005));
    assertThat(tempo.firstSeconds()).isCloseTo(1, within(0.01));
    assertThat(Beats.tempo(List.of(1.0, 1.5, 2.0))).isEmpty();
  }
}
