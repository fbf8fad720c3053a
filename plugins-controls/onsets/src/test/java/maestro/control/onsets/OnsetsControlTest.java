package maestro.control.onsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.Note;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.pack.PackPart;
import maestro.api.sound.Sound;
import maestro.contracts.StyleControlContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class OnsetsControlTest extends StyleControlContract {
  @Override
  protected StyleControl control() {
    return new OnsetsControl(0, 2, "", false);
  }

  @Test
  void hearsWhereNotesBegin() {
    double[] at = {1, 2.5, 3.2, 5};
    float[] samples = new float[6 * 16_000];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (1e-3 * Math.sin(2 * Math.PI * 200 * n / 16_000.0));
      for (double onset : at) {
        double t = n / 16_000.0 - onset;
        if (t >= 0) {
          for (int harmonic = 1; harmonic < 8; harmonic++) {
            samples[n] +=
                (float) (0.1 * Math.exp(-4 * t) * Math.sin(2 * Math.PI * 440 * harmonic * t));
          }
        }
      }
    }
    ControlSignal signal =
        control().extract(Sound.mono(samples, 16_000), FrameGrid.PAPER.withFrames(600));
    List<Integer> peaks = peaks(signal, 0);
    assertThat(peaks).hasSize(at.length);
    for (int i = 0; i < at.length; i++) {
      assertThat(peaks.get(i) / 100.0).isCloseTo(at[i], within(0.05));
    }
  }

  @Test
  void silenceAndTheShortestGridHaveNone() {
    for (int frames : new int[] {1, 7, 300}) {
      ControlSignal signal =
          control()
              .extract(Sound.mono(new float[16_000], 16_000), FrameGrid.PAPER.withFrames(frames));
      assertThat(signal.values()).hasSize(frames).containsOnly(0);
    }
  }

  @Test
  void zeroIsNotSilence() {
    ControlSignal fed = control().standardise(ControlSignal.zero(3, 1), 99, 99);
    assertThat(fed.values()).containsOnly(-0.5f); // and a control that asks for nothing is 0
  }

  /** A still half, a lively half, and a cut between two steps of the grid. */
  @Test
  void strikesMoreOftenWhereAFilmIsLively() {
    OnsetsControl drawn = new OnsetsControl(2, 2, "", false);
    float[] rows = new float[100 * 2];
    for (int r = 0; r < 100; r++) {
      rows[2 * r] = r < 50 ? -1 : 1;
    }
    rows[2 * 32 + 1] = 1;
    TimeLine line = new TimeLine(0.1, List.of("energy", "cut"), rows);
    ControlSignal signal =
        drawn.draw(Map.of("encoder.affect", line), FrameGrid.PAPER.withFrames(1000), new TestRun());
    assertThat(drawn.drawsFromFilm()).isTrue();
    List<Integer> peaks = peaks(signal, -0.5f);
    // 2 halved twice is 1 in 2 s, 2 doubled twice would be 8, of which the grid takes 4
    assertThat(peaks.stream().filter(frame -> frame < 500 && frame != 320))
        .containsExactly(88, 288, 488);
    assertThat(peaks.stream().filter(frame -> frame >= 500)).hasSize(20);
    assertThat(peaks).contains(320);
    assertThat(signal.at(320, 0)).isCloseTo(4.5f, within(1e-5f)); // 1 as the network is fed
    assertThat(signal.at(peaks.get(0), 0)).isCloseTo(3, within(1e-5f)); // 0.7
  }

  @Test
  void strikesAsOftenAsAComposer() {
    TimeLine line = new TimeLine(0.1, List.of("energy", "cut"), new float[100 * 2]);
    ControlSignal signal =
        new OnsetsControl(2, 2, "satie", false)
            .draw(
                Map.of("encoder.affect", line),
                FrameGrid.PAPER.withFrames(1000),
                new TestRun(7, TestPack.of(satie(0.5))));
    assertThat(peaks(signal, -0.5f)).hasSize(10);
  }

  private static PackPart satie(double onsets) {
    Map<String, Object> composers = Map.of("satie", Map.of("onsets", onsets));
    return new PackPart("control.onsets", null, "", Map.of("composers", composers));
  }

  @Test
  void pulsesMakeWayForACut() {
    OnsetsControl drawn = new OnsetsControl(4, 0, "", false);
    float[] rows = new float[40 * 2];
    rows[2 * 10 + 1] = 1; // at 1 s, where a pulse would be
    TimeLine line = new TimeLine(0.1, List.of("energy", "cut"), rows);
    ControlSignal signal =
        drawn.draw(Map.of("encoder.affect", line), FrameGrid.PAPER.withFrames(400), new TestRun());
    for (int frame : peaks(signal, -0.5f)) {
      assertThat(frame == 100 || Math.abs(frame - 100) > 10).isTrue();
    }
    assertThat(signal.at(100, 0)).isCloseTo(4.5f, within(1e-5f));
  }

  @Test
  void needsEnergyAndCutsToFollow() {
    assertThat(control().drawsFromFilm()).isFalse();
    TimeLine other = new TimeLine(1, List.of("energy"), new float[] {1});
    assertThatThrownBy(
            () ->
                new OnsetsControl(2, 2, "", false)
                    .draw(Map.of("encoder.x", other), FrameGrid.PAPER, null))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("encoder.affect");
  }

  @Test
  void readsNotesAsOnsetsAsHighAsTheyAreStrong() {
    List<Note> notes =
        List.of(
            new Note(1, 2, 60, 0.5, true),
            new Note(1, 2, 64, 0.25, true),
            new Note(2, 0, 38, 1, false));
    ControlSignal signal = control().write(notes, FrameGrid.PAPER.withFrames(256)).orElseThrow();
    assertThat(peaks(signal, 0)).containsExactly(100, 200);
    assertThat(signal.at(100, 0)).isEqualTo(0.5f);
    assertThat(signal.at(200, 0)).isEqualTo(1);
  }

  /** Frames that are higher than both neighbours. */
  private static List<Integer> peaks(ControlSignal signal, float nothing) {
    return java.util.stream.IntStream.range(0, signal.frames())
        .filter(
            t ->
                signal.at(t, 0) > nothing
                    && (t == 0 || signal.at(t, 0) > signal.at(t - 1, 0))
                    && (t + 1 == signal.frames() || signal.at(t, 0) > signal.at(t + 1, 0)))
        .boxed()
        .toList();
  }
}
