package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import maestro.api.latent.NoiseSchedule;
import maestro.training.Draw;

/** The forward process of diffusion, z_t = √ᾱ_t·z + √(1 − ᾱ_t)·ε (Ho et al. 2020, equation 4). */
final class ForwardProcess {
  private final NoiseSchedule schedule;

  ForwardProcess(NoiseSchedule schedule) {
    this.schedule = schedule;
  }

  /** How much noise there is at each timestep. */
  NoiseSchedule schedule() {
    return schedule;
  }

  /**
   * Noise of a batch of latents: white, and what is constant in time.
   *
   * @param offset deviation of the constant part, once for each channel and once for each channel
   *     and band
   * @param shape {@code [B, C, T, F]}
   */
  static NDArray noise(Draw draw, double offset, long... shape) {
    NDArray white = draw.gaussian("epsilon", shape);
    if (offset == 0) {
      return white;
    }
    return draw.gaussian("offset.channel", shape[0], shape[1], 1, 1)
        .add(draw.gaussian("offset.band", shape[0], shape[1], 1, shape[3]))
        .mul(offset)
        .add(white);
  }

  /**
   * Adds noise.
   *
   * @param z latents {@code [B, C, T, F]}
   * @param epsilon standard normal, same shape
   * @param timesteps one for each example
   */
  NDArray noised(Draw draw, NDArray z, NDArray epsilon, int[] timesteps) {
    float[] signal = new float[timesteps.length];
    float[] noise = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      double alphaBar = schedule.alphaBar(timesteps[i]);
      signal[i] = (float) Math.sqrt(alphaBar);
      noise[i] = (float) Math.sqrt(1 - alphaBar);
    }
    return z.mul(draw.array(signal, timesteps.length, 1, 1, 1))
        .add(epsilon.mul(draw.array(noise, timesteps.length, 1, 1, 1)));
  }

  /**
   * What errors of ε count, 1 + 1/SNR.
   *
   * @param limit most it is, 1 or more
   * @return {@code [B, 1, 1, 1]}
   */
  NDArray weights(Draw draw, int[] timesteps, double limit) {
    float[] weights = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      double alphaBar = schedule.alphaBar(timesteps[i]);
      weights[i] = (float) Math.min(limit, 1 + (1 - alphaBar) / alphaBar);
    }
    return draw.array(weights, timesteps.length, 1, 1, 1);
  }
}
