package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.latent.NoisePredictor;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link LatentModel}. Extend it and return your model. */
public abstract class LatentModelContract {
  private static final int FRAMES = 64;

  /** The model under test. */
  protected abstract LatentModel model();

  /** The pack the model reads from; null for one without weights. */
  protected ModelPack pack() {
    return null;
  }

  private LatentModel.Session open() {
    return model().open(new TestRun(7, pack()));
  }

  private static FilmCondition film(LatentModel.Session session) {
    return new FilmCondition(new Noise(1).gaussian("film", session.conditionWidth()), Map.of());
  }

  private static Latent noise(LatentModel.Session session) {
    Latent shape = session.shape(FRAMES);
    return shape.with(new Noise(2).gaussian("latent", shape.values().length));
  }

  @Test
  void predictsTheSameNoiseTwiceAndLeavesTheLatentAsItWas() {
    try (LatentModel.Session session = open()) {
      Latent latent = noise(session);
      float[] before = latent.values().clone();
      NoisePredictor predictor = session.predictor(film(session), Map.of(), 7.5);
      Latent first = predictor.predict(latent, 500);
      assertThat(latent.values()).containsExactly(before);
      assertThat(first.values()).hasSameSizeAs(before);
      assertThat(predictor.predict(latent, 500).values()).containsExactly(first.values());
      assertThat(predictor.predict(latent, 20).values()).isNotEqualTo(first.values());
    }
  }

  @Test
  void guidanceIsLinearInItsScale() {
    try (LatentModel.Session session = open()) {
      Latent latent = noise(session);
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

  private static float[] predict(LatentModel.Session session, Latent latent, double scale) {
    return session.predictor(film(session), Map.of(), scale).predict(latent, 500).values();
  }

  @Test
  void everyControlSteersAndALeftOutOneIsZero() {
    try (LatentModel.Session session = open()) {
      Latent latent = noise(session);
      Map<String, ControlSignal> zeros = new HashMap<>();
      session
          .controls()
          .forEach((name, channels) -> zeros.put(name, ControlSignal.zero(FRAMES, channels)));
      zeros.forEach(
          (name, zero) -> {
            ControlSignal asked = ControlSignal.zero(FRAMES, zero.channels());
            java.util.Arrays.fill(asked.values(), 1);
            float[] steered = steered(session, latent, Map.of(name, asked));
            Map<String, ControlSignal> spelt = new HashMap<>(zeros);
            spelt.put(name, asked);
            assertThat(steered(session, latent, spelt)).containsExactly(steered);
            assertThat(steered(session, latent, zeros)).isNotEqualTo(steered);
          });
    }
  }

  private static float[] steered(
      LatentModel.Session session, Latent latent, Map<String, ControlSignal> controls) {
    return session.predictor(film(session), controls, 2).predict(latent, 500).values();
  }

  @Test
  void codesAndDecodesAMelOfTheSameLength() {
    try (LatentModel.Session session = open()) {
      Mel mel = session.decode(noise(session));
      assertThat(mel.frames()).isEqualTo(FRAMES);
      for (float value : mel.values()) {
        assertThat(value).isFinite();
      }
      Latent latent = session.encode(mel);
      assertThat(latent.values()).hasSameSizeAs(session.shape(FRAMES).values());
    }
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    try (LatentModel.Session session = open()) {
      FilmCondition wide = new FilmCondition(new float[session.conditionWidth() + 1], Map.of());
      assertThatThrownBy(() -> session.predictor(wide, Map.of(), 2))
          .isInstanceOf(MaestroException.class);
      Map<String, ControlSignal> unknown = Map.of("nonsense", ControlSignal.zero(FRAMES, 1));
      assertThatThrownBy(() -> session.predictor(film(session), unknown, 2))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("nonsense");
    }
  }
}
