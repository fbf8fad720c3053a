package maestro.contracts;

import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.RunContext;

/** The contract takes a sampler that looks twice a step, but once in the last. */
final class SecondOrderSamplerTest extends SamplerContract {
  @Override
  protected Sampler sampler(int steps) {
    return new Heun(steps);
  }

  /** Heun's rule on the path of DDIM. */
  private record Heun(int steps) implements Sampler {
    @Override
    public int evaluations() {
      return 2 * steps - 1;
    }

    @Override
    public Latent sample(
        Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
      Latent latent = noise;
      for (int i = 0; i < steps; i++) {
        int now = timestep(i, schedule);
        double from = schedule.alphaBar(now);
        Latent first = predictor.predict(latent, now);
        if (i == steps - 1) {
          latent = moved(latent, first, from, 1);
        } else {
          int next = timestep(i + 1, schedule);
          double to = schedule.alphaBar(next);
          Latent second = predictor.predict(moved(latent, first, from, to), next);
          latent = moved(latent, mean(first, second), from, to);
        }
        run.progress(i + 1L, steps);
      }
      return latent;
    }

    private int timestep(int step, NoiseSchedule schedule) {
      return (schedule.timesteps() - 1) * (steps - step) / steps;
    }

    private static Latent moved(Latent latent, Latent noise, double from, double to) {
      float[] values = new float[latent.values().length];
      for (int i = 0; i < values.length; i++) {
        double epsilon = noise.values()[i];
        double clean = (latent.values()[i] - Math.sqrt(1 - from) * epsilon) / Math.sqrt(from);
        values[i] = (float) (Math.sqrt(to) * clean + Math.sqrt(1 - to) * epsilon);
      }
      return latent.with(values);
    }

    private static Latent mean(Latent one, Latent other) {
      float[] values = new float[one.values().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (one.values()[i] + other.values()[i]) / 2;
      }
      return one.with(values);
    }
  }
}
