package maestro.api.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import maestro.api.control.ControlSignal;
import maestro.api.control.Tempo;
import maestro.api.film.FilmFeature;
import maestro.api.film.TimeLine;
import maestro.api.node.Timing.Span;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

final class CuesTest {
  /** From 1 s of the film for 4 s, 10 frames a second. */
  private static final Timing TIMING = Timing.of(100, 10, 16, 0.4, 1, 4, false);

  private static final Cues CUES = new Cues(List.of(new Span(1.5, 2), new Span(3, 5)));

  @Test
  void refusesCuesOutOfOrderEmptyOnesAndNone() {
    for (List<Span> wrong :
        List.<List<Span>>of(
            List.of(),
            List.of(new Span(2, 2)),
            List.of(new Span(-1, 2)),
            List.of(new Span(0, Double.NaN)),
            List.of(new Span(0, 3), new Span(2, 4)))) {
      assertThatThrownBy(() -> new Cues(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void onlyWhatLiesInTheScoreCounts() {
    Cues film = new Cues(List.of(new Span(0, 0.5), new Span(0.5, 3), new Span(4.5, 20)));
    assertThat(film.within(TIMING.span())).containsExactly(new Span(1, 3), new Span(4.5, 5));
  }

  @Test
  void areWrittenAndReadBackToTheSameBits() {
    Cues cues = new Cues(List.of(new Span(1.0 / 3, 2.0 / 3), new Span(0.7, 1e9 / 7)));
    Kind.Form<Cues> form = Kinds.CUES.form().orElseThrow();
    assertThat(form.read(form.write(cues))).isEqualTo(cues);
  }

  @Test
  void soIsATempo() {
    Tempo tempo = new Tempo(1.0 / 3, -0.1);
    Kind.Form<Tempo> form = Kinds.TEMPO.form().orElseThrow();
    assertThat(form.read(form.write(tempo))).isEqualTo(tempo);
    assertThatThrownBy(() -> new Tempo(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void soundIsCutIntoCuesAndJoinedWithSilenceBetween() {
    Kind.CueFit<Sound> fit = Kinds.SOUND.cueFit().orElseThrow();
    float[] samples = new float[400];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 1 + i;
    }
    Sound whole = Sound.mono(samples, 100);
    List<Sound> parts = CUES.spans().stream().map(cue -> fit.part(whole, TIMING, cue)).toList();
    assertThat(parts.get(0).channels()[0]).hasSize(50).startsWith(51).endsWith(100);
    assertThat(parts.get(1).channels()[0]).hasSize(200).startsWith(201).endsWith(400);
    float[] joined = fit.join(parts, TIMING, CUES).channels()[0];
    assertThat(joined).hasSize(400);
    assertThat(joined[49]).isZero();
    assertThat(joined[50]).isEqualTo(51);
    assertThat(joined[99]).isEqualTo(100);
    assertThat(joined[100]).isZero();
    assertThat(joined[200]).isEqualTo(201);
    assertThat(joined[399]).isEqualTo(400);
  }

  @Test
  void aSoundThatIsLongerThanItsCueIsCut() {
    Sound tooLong = Sound.mono(new float[] {1, 1, 1, 1}, 2);
    Sound joined = Kinds.SOUND.cueFit().orElseThrow().join(List.of(tooLong, tooLong), TIMING, CUES);
    assertThat(joined.channels()[0]).containsExactly(0, 1, 0, 0, 1, 1, 1, 1);
  }

  @Test
  void aControlAsksForNothingBetweenCues() {
    Kind.CueFit<ControlSignal> fit = Kinds.CONTROL.cueFit().orElseThrow();
    float[] values = new float[TIMING.coveredFrames()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i;
    }
    ControlSignal whole = new ControlSignal(values.length, 1, values);
    List<ControlSignal> parts =
        CUES.spans().stream().map(cue -> fit.part(whole, TIMING, cue)).toList();
    assertThat(parts.get(0).values()).containsExactly(6, 7, 8, 9, 10);
    assertThat(parts.get(1).values()).hasSize(20).startsWith(21).endsWith(40);
    ControlSignal joined = fit.join(parts, TIMING, CUES);
    assertThat(joined.frames()).as("as the windows want it").isEqualTo(TIMING.coveredFrames());
    assertThat(joined.values()[4]).isZero();
    assertThat(joined.values()[5]).isEqualTo(6);
    assertThat(joined.values()[10]).isZero();
    assertThat(joined.values()[39]).isEqualTo(40);
  }

  @Test
  void aFeatureKeepsItsVectorAndItsTimeLineIsThatOfTheCue() {
    TimeLine line = new TimeLine(0.5, List.of("light"), new float[] {0, 1, 2, 3, 4, 5, 6, 7});
    FilmFeature whole = new FilmFeature(new float[] {2}, Optional.of(line));
    FilmFeature part = Kinds.FEATURE.cueFit().orElseThrow().part(whole, TIMING, new Span(3, 4.5));
    assertThat(part.vector()).containsExactly(2);
    assertThat(part.timeLine().orElseThrow().values()).containsExactly(4, 5, 6);
  }

  @Test
  void noiseOfACueStaysWhenTheOthersChangeAndTheFirstIsThatOfTheScore() {
    Kind.CueFit<Noise> fit = Kinds.NOISE.cueFit().orElseThrow();
    Noise whole = new Noise(7);
    assertThat(fit.part(whole, TIMING, new Span(1, 2))).isEqualTo(whole);
    Noise later = fit.part(whole, TIMING, new Span(3, 5));
    assertThat(later).isNotEqualTo(whole).isEqualTo(fit.part(whole, TIMING, new Span(3, 4)));
  }
}
