package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link Denoiser}. Extend it and return your denoiser. */
public abstract class DenoiserContract {
  /** The denoiser under test. */
  protected abstract Denoiser denoiser();

  /** The pack the denoiser reads from; null for one without weights. */
  protected ModelPack pack() {
    return null;
  }

  /** Columns of the test's latent. */
  protected int columns() {
    return 16;
  }

  /** Rows of the test's latent. */
  protected int bands() {
    return 16;
  }

  /** Mel frames in one column of the latent. */
  protected int framesInColumn() {
    return 4;
  }

  private RunContext run() {
    return new TestRun(7, pack());
  }

  private Denoiser.Format format() {
    return denoiser().format(run());
  }

  private FilmCondition film() {
    return new FilmCondition(new Noise(1).gaussian("film", format().conditionWidth()), Map.of());
  }

  private Latent noise() {
    int channels = format().latentChannels();
    float[] values = new Noise(2).gaussian("latent", channels * columns() * bands());
    return new Latent(channels, columns(), bands(), values);
  }

  @Test
  void saysWhatItsModelWasMadeFor() {
    Denoiser.Format format = format();
    assertThat(denoiser().format(run())).isEqualTo(format);
    assertThat(format.latentChannels()).isPositive();
    assertThat(format.conditionWidth()).isPositive();
    format
        .controls()
        .forEach(
            (name, control) -> {
              assertThat(control.channels()).as(name).isPositive();
              assertThat(control.mean()).as(name).isFinite();
              assertThat(control.deviation()).as(name).isPositive().isFinite();
            });
  }

  @Test
  void predictsTheSameNoiseTwiceAndLeavesTheLatentAsItWas() {
    try (Denoiser.Session session = denoiser().open(run())) {
      Latent latent = noise();
      float[] before = latent.values().clone();
      NoisePredictor predictor = session.predictor(film(), Map.of(), 7.5);
      Latent first = predictor.predict(latent, 500);
      assertThat(latent.values()).containsExactly(before);
      assertThat(new int[] {first.channels(), first.frames(), first.bands()})
          .containsExactly(latent.channels(), latent.frames(), latent.bands());
      assertThat(predictor.predict(latent, 500).values()).containsExactly(first.values());
      assertThat(predictor.predict(latent, 20).values()).isNotEqualTo(first.values());
    }
  }

  @Test
  void guidanceIsLinearInItsScale() {
    try (Denoiser.Session session = denoiser().open(run())) {
      Latent latent = noise();
      float[] none = predict(session, latent, 0);
      float[] one = predict(session, latent, 1);
      float[] three = predict(session, latent, 3);
      for (int i = 0; i < one.length; i++) {
        assertThat(three[i])
            .isCloseTo(
                none[i] + 3 * (one[i] - none[i]), within(1e-4f + 1e-3f * Math.abs(three[i])));
      }
    }
  }

  private float[] predict(Denoiser.Session session, Latent latent, double scale) {
    return session.predictor(film(), Map.of(), scale).predict(latent, 500).values();
  }

  @Test
  void everyControlSteersAndALeftOutOneIsZero() {
    try (Denoiser.Session session = denoiser().open(run())) {
      Latent latent = noise();
      int frames = columns() * framesInColumn();
      Map<String, ControlSignal> zeros = new HashMap<>();
      format()
          .controls()
          .forEach(
              (name, control) -> zeros.put(name, ControlSignal.zero(frames, control.channels())));
      zeros.forEach(
          (name, zero) -> {
            ControlSignal asked = ControlSignal.zero(frames, zero.channels());
            Arrays.fill(asked.values(), 1);
            float[] steered = steered(session, latent, Map.of(name, asked));
            Map<String, ControlSignal> spelt = new HashMap<>(zeros);
            spelt.put(name, asked);
            assertThat(steered(session, latent, spelt)).containsExactly(steered);
            assertThat(steered(session, latent, zeros)).isNotEqualTo(steered);
          });
    }
  }

  private float[] steered(
      Denoiser.Session session, Latent latent, Map<String, ControlSignal> controls) {
    return session.predictor(film(), controls, 2).predict(latent, 500).values();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    try (Denoiser.Session session = denoiser().open(run())) {
      FilmCondition wide = new FilmCondition(new float[format().conditionWidth() + 1], Map.of());
      assertThatThrownBy(() -> session.predictor(wide, Map.of(), 2))
          .isInstanceOf(MaestroException.class);
      Map<String, ControlSignal> unknown = Map.of("nonsense", ControlSignal.zero(64, 1));
      assertThatThrownBy(() -> session.predictor(film(), unknown, 2))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("nonsense");
    }
  }
}
