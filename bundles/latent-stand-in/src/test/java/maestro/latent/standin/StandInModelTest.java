package maestro.latent.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;

final class StandInModelTest {
  private static LatentModel.Session open(TestRun run) {
    return new StandInModel().open(run);
  }

  private static FilmCondition film(int seed) {
    float[] values = new Noise(seed).gaussian("film", 512);
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) Math.sqrt(512);
    }
    return new FilmCondition(values, Map.of());
  }

  private static Mel score(int seed, int film, Map<String, ControlSignal> controls) {
    LatentModel.Session session = open(new TestRun(seed, null));
    Latent noise = session.shape(256).with(new Noise(seed).gaussian("latent", 256 * 64));
    Latent eps = session.predictor(film(film), controls, 7.5).predict(noise, 981);
    double alphaBar = session.schedule().alphaBar(981);
    float[] clean = new float[noise.values().length];
    for (int i = 0; i < clean.length; i++) {
      clean[i] =
          (float)
              ((noise.values()[i] - Math.sqrt(1 - alphaBar) * eps.values()[i])
                  / Math.sqrt(alphaBar));
    }
    return session.decode(noise.with(clean));
  }

  @Test
  void saysWhatItIs() {
    TestRun run = new TestRun();
    open(run);
    assertThat(run.remarks()).hasSize(1);
    assertThat(run.remarks().get(0)).contains("latent.stand-in", "not the paper's model");
  }

  @Test
  void encodesAndDecodesWithoutLoss() {
    LatentModel.Session session = open(new TestRun());
    Mel mel = new Mel(32, 64, new Noise(1).gaussian("mel", 32 * 64));
    assertThat(session.decode(session.encode(mel)).values())
        .containsExactly(mel.values(), within(1e-5f));
  }

  @Test
  void differsByFilmAndBySeedAndStaysInRange() {
    Mel mel = score(7, 1, Map.of());
    assertThat(mel.frames()).isEqualTo(256);
    assertThat(score(7, 2, Map.of()).values()).isNotEqualTo(mel.values());
    assertThat(score(8, 1, Map.of()).values()).isNotEqualTo(mel.values());
    for (float value : mel.values()) {
      assertThat(value).isBetween(-11.6f, 4f);
    }
  }

  @Test
  void followsDynamicsRoughly() {
    float[] rising = new float[256];
    for (int t = 0; t < 256; t++) {
      rising[t] = t < 128 ? -30 : -10;
    }
    Mel mel = score(7, 1, Map.of("dynamics", new ControlSignal(256, 1, rising)));
    assertThat(mean(mel, 128, 256) - mean(mel, 0, 128)).isGreaterThan(1);
  }

  private static double mean(Mel mel, int begin, int end) {
    double sum = 0;
    for (int t = begin; t < end; t++) {
      for (int f = 0; f < 64; f++) {
        sum += mel.values()[t * 64 + f];
      }
    }
    return sum / (end - begin) / 64;
  }
}
