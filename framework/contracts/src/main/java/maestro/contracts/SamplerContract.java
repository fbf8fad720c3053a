package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.Noise;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link Sampler}. Extend it and return your sampler. */
public abstract class SamplerContract {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.audioLdm();

  /** A sampler set to that many steps. */
  protected abstract Sampler sampler(int steps);

  @Test
  void keepsTheShapeAndLeavesTheNoiseAsItWas() {
    Latent noise = noise();
    float[] before = noise.values().clone();
    Latent result = sampler(20).sample(noise, half(), SCHEDULE, new TestRun());
    assertThat(noise.values()).containsExactly(before);
    assertThat(new int[] {result.channels(), result.frames(), result.bands()})
        .containsExactly(noise.channels(), noise.frames(), noise.bands());
    for (float value : result.values()) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void callsThePredictorExactlyAsOftenAsItSays() {
    for (int steps : new int[] {1, 2, 10, 53, 100, 333}) {
      List<Integer> timesteps = new ArrayList<>();
      NoisePredictor counting =
          (latent, timestep) -> {
            timesteps.add(timestep);
            return half().predict(latent, timestep);
          };
      Sampler sampler = sampler(steps);
      sampler.sample(noise(), counting, SCHEDULE, new TestRun());
      assertThat(sampler.steps()).isEqualTo(steps);
      assertThat(timesteps).hasSize(sampler.evaluations());
      assertThat(timesteps).allMatch(t -> t >= 0 && t < SCHEDULE.timesteps());
      assertThat(timesteps).isSortedAccordingTo((a, b) -> b - a);
    }
  }

  @Test
  void sameSeedSameBits() {
    assertThat(sampler(20).sample(noise(), half(), SCHEDULE, new TestRun(7, null)).values())
        .containsExactly(
            sampler(20).sample(noise(), half(), SCHEDULE, new TestRun(7, null)).values());
  }

  @Test
  void removesTheNoiseOfAPerfectPredictor() {
    Latent noise = noise();
    float[] target = new Noise(3).gaussian("target", noise.values().length);
    NoisePredictor perfect =
        (latent, timestep) -> {
          double alphaBar = SCHEDULE.alphaBar(timestep);
          float[] epsilon = new float[target.length];
          for (int i = 0; i < epsilon.length; i++) {
            epsilon[i] =
                (float)
                    ((latent.values()[i] - Math.sqrt(alphaBar) * target[i])
                        / Math.sqrt(1 - alphaBar));
          }
          return latent.with(epsilon);
        };
    float[] result = sampler(50).sample(noise, perfect, SCHEDULE, new TestRun()).values();
    double error = 0;
    for (int i = 0; i < target.length; i++) {
      error += Math.pow(result[i] - target[i], 2) / target.length;
    }
    assertThat(Math.sqrt(error)).as("what is left of the noise").isLessThan(0.1);
  }

  @Test
  void reportsEachStepAndStopsWithinOneWhenCancelled() {
    TestRun whole = new TestRun();
    sampler(20).sample(noise(), half(), SCHEDULE, whole);
    assertThat(whole.progressReports()).hasSize(20);
    assertThat(whole.progressReports().get(19)).containsExactly(20, 20);

    int[] calls = {0};
    NoisePredictor counting =
        (latent, timestep) -> {
          calls[0]++;
          return half().predict(latent, timestep);
        };
    assertThatThrownBy(
            () -> sampler(20).sample(noise(), counting, SCHEDULE, new TestRun().cancelAfter(5)))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CANCELLED));
    int perStep = (sampler(20).evaluations() + 19) / 20;
    assertThat(calls[0]).isLessThanOrEqualTo(6 * perStep);
  }

  private static Latent noise() {
    return new Latent(2, 8, 4, new Noise(7).gaussian("latent", 64));
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
