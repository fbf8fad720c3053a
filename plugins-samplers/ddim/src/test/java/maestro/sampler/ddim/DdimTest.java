package maestro.sampler.ddim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.Noise;
import maestro.contracts.SamplerContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DdimTest extends SamplerContract {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.audioLdm();

  @Override
  protected Sampler sampler(int steps) {
    return new Ddim(steps, 0, "leading");
  }

  /** Goldens: x_T = 1 and ε = x/2, once in double and, for 333, by diffusers in float. */
  @ParameterizedTest
  @CsvSource({"200, 6.601100161725556", "100, 6.539205223364998", "333, 6.592626640"})
  void walksAsThePublishedScheduler(int steps, double expected) {
    float x0 = sampler(steps).sample(one(), half(), SCHEDULE, new TestRun()).values()[0];
    assertThat((double) x0).isCloseTo(expected, within(1e-6 * expected));
  }

  @Test
  void oneStepIsTheFormula() {
    double x = Ddim.step(.7, -.3, SCHEDULE.alphaBar(991), SCHEDULE.alphaBar(981), 0, 0);
    assertThat(x).isCloseTo(.80150376884026, within(1e-12));
    assertThat(Ddim.sigma(SCHEDULE.alphaBar(991), SCHEDULE.alphaBar(981), 1))
        .isCloseTo(.41928305540464705, within(1e-12));
    assertThat(Ddim.step(.7, -.3, SCHEDULE.alphaBar(1), SCHEDULE.alphaBar(0), 0, 0))
        .isCloseTo(.7053687350703285, within(1e-12));
  }

  @Test
  void choosesDiffusersTimesteps() {
    assertThat(new Ddim(200, 0, "leading").timesteps(1000)).startsWith(996, 991).endsWith(6, 1);
    assertThat(new Ddim(100, 0, "leading").timesteps(1000)).startsWith(991, 981).endsWith(11, 1);
    assertThat(new Ddim(333, 0, "leading").timesteps(1000)).startsWith(997, 994).endsWith(4, 1);
    assertThat(new Ddim(10, 0, "leading").timesteps(1000)).startsWith(901, 801).endsWith(101, 1);
    assertThat(new Ddim(10, 0, "trailing").timesteps(1000)).startsWith(999, 899).endsWith(199, 99);
    assertThat(new Ddim(1000, 0, "trailing").timesteps(1000)).hasSize(1000).endsWith(1, 0);
  }

  @Test
  void noiseComesFromTheRun() {
    Sampler noisy = new Ddim(20, 1, "leading");
    Latent noise = new Latent(1, 4, 4, new Noise(5).gaussian("latent", 16));
    float[] first = noisy.sample(noise, half(), SCHEDULE, new TestRun(1, null)).values();
    assertThat(noisy.sample(noise, half(), SCHEDULE, new TestRun(1, null)).values())
        .containsExactly(first);
    assertThat(noisy.sample(noise, half(), SCHEDULE, new TestRun(2, null)).values())
        .isNotEqualTo(first);
  }

  @Test
  void cutsALatentThatRunsAway() {
    NoisePredictor wrong = (latent, timestep) -> latent.with(new float[] {-50});
    TestRun run = new TestRun();
    assertThat(sampler(10).sample(one(), wrong, SCHEDULE, run).values()).containsExactly(10);
    assertThat(run.remarks()).singleElement().asString().contains("ran away");
  }

  @Test
  void refusesWhatItCannotHonour() {
    assertThatThrownBy(() -> sampler(1000).sample(one(), half(), SCHEDULE, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("spacing to trailing");
    assertThatThrownBy(() -> sampler(1001).sample(one(), half(), SCHEDULE, new TestRun()))
        .isInstanceOf(MaestroException.class);
    assertThatThrownBy(() -> sampler(0)).isInstanceOf(MaestroException.class);
    assertThatThrownBy(() -> new Ddim(10, 2, "leading")).hasMessageContaining("eta is 2.0");
    assertThatThrownBy(() -> new Ddim(10, 0, "even")).hasMessageContaining("spacing is 'even'");
  }

  private static Latent one() {
    return new Latent(1, 1, 1, new float[] {1});
  }

  private static NoisePredictor half() {
    return (latent, timestep) -> {
      float[] epsilon = latent.values().clone();
      for (int i = 0; i < epsilon.length; i++) {
        epsilon[i] *= 0.5f;
      }
      return latent.with(epsilon);
    };
  }
}
