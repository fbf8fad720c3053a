package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;

/** The sinusoidal embedding of a timestep. */
final class Embedding {
  private Embedding() {}

  /**
   * cos(t·f_k) for all k, then sin(t·f_k), with f_k = exp(−ln(10000)·k/half), k = 0 … half − 1.
   *
   * @param timesteps {@code [B]}
   * @param width an even number
   * @return {@code [B, width]}
   */
  static NDArray sinusoid(NDArray timesteps, int width) {
    int half = width / 2;
    float[] frequencies = new float[half];
    for (int k = 0; k < half; k++) {
      frequencies[k] = (float) Math.exp(-Math.log(10_000) * k / half);
    }
    NDArray angles =
        timesteps
            .reshape(timesteps.getShape().get(0), 1)
            .mul(timesteps.getManager().create(frequencies).reshape(1, half));
    return angles.cos().concat(angles.sin(), 1);
  }
}
