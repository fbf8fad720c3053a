package maestro.sampler.dpmsolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.contracts.SamplerContract;
import maestro.contracts.TestRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DpmSolverTest extends SamplerContract {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.audioLdm();

  @Override
  protected Sampler sampler(int steps) {
    return new DpmSolver(steps, "linspace", "zero");
  }

  /** Goldens: x_T = 1 and ε = x/2, by diffusers' scheduler in float. */
  @ParameterizedTest
  @CsvSource({
    "linspace, zero, 10, 6.711813926696777",
    "linspace, zero, 25, 6.4770331382751465",
    "linspace, zero, 50, 6.463690280914307",
    "linspace, minimum, 10, 6.856098651885986",
    "linspace, minimum, 25, 6.6641926765441895",
    "leading, zero, 10, 4.200457572937012",
    "leading, zero, 25, 5.1494669914245605",
    "leading, minimum, 20, 5.071688652038574",
    "leading, minimum, 50, 5.270756721496582"
  })
  void walksAsThePublishedScheduler(String spacing, String finalNoise, int steps, double expected) {
    NoisePredictor half =
        (latent, timestep) -> latent.with(new float[] {0.5f * latent.values()[0]});
    Latent result =
        new DpmSolver(steps, spacing, finalNoise).sample(scalar(1), half, SCHEDULE, new TestRun());
    assertThat((double) result.values()[0]).isCloseTo(expected, within(5e-6 * expected));
  }

  @Test
  void choosesDiffusersTimesteps() {
    assertThat(new DpmSolver(20, "linspace", "zero").timesteps(1000))
        .startsWith(999, 949, 899)
        .endsWith(100, 50);
    assertThat(new DpmSolver(25, "leading", "zero").timesteps(1000))
        .startsWith(951, 913, 875)
        .endsWith(77, 39);
  }

  /**
   * Data of one normal distribution has an exact score and an exact flow: (x − α·μ)/√(α²s² + σ²)
   * does not change. Twice the steps leave about a quarter of the error.
   */
  @Test
  void theErrorFallsWithTheSquareOfTheSteps() {
    double[] error = new double[4];
    for (int i = 0; i < error.length; i++) {
      error[i] = gaussianError(new DpmSolver(40 << i, "linspace", "minimum"));
    }
    for (int i = 1; i < error.length; i++) {
      assertThat(error[i - 1] / error[i])
          .as("steps %d to %d", 20 << i, 40 << i)
          .isBetween(2.5, 6.0);
    }
  }

  @Test
  void refusesWhatItCannotHonour() {
    assertThatThrownBy(() -> sampler(1000).sample(scalar(1), (x, t) -> x, SCHEDULE, new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("set steps to 999 or less");
    assertThatThrownBy(() -> sampler(0)).isInstanceOf(MaestroException.class);
    assertThatThrownBy(() -> new DpmSolver(9, "even", "zero")).hasMessageContaining("'even'");
    assertThatThrownBy(() -> new DpmSolver(9, "linspace", "none")).hasMessageContaining("'none'");
  }

  private static double gaussianError(Sampler sampler) {
    double mean = 1.5;
    double deviation = 0.8;
    NoisePredictor exact =
        (latent, timestep) -> {
          double alphaBar = SCHEDULE.alphaBar(timestep);
          double sigma = Math.sqrt(1 - alphaBar);
          double variance = alphaBar * deviation * deviation + 1 - alphaBar;
          double x = latent.values()[0];
          return latent.with(
              new float[] {(float) (sigma * (x - Math.sqrt(alphaBar) * mean) / variance)});
        };
    double start = 0.9;
    double first = SCHEDULE.alphaBar(999);
    double last = SCHEDULE.alphaBar(0);
    double u =
        (start - Math.sqrt(first) * mean) / Math.sqrt(first * deviation * deviation + 1 - first);
    double expected =
        Math.sqrt(last) * mean + u * Math.sqrt(last * deviation * deviation + 1 - last);
    Latent end = sampler.sample(scalar((float) start), exact, SCHEDULE, new TestRun());
    return Math.abs(end.values()[0] - expected);
  }

  private static Latent scalar(float value) {
    return new Latent(1, 1, 1, new float[] {value});
  }
}
