package maestro.api.latent;

/**
 * The forward process of the diffusion model: ᾱ of every training timestep.
 *
 * <p>AudioLDM's schedule, β_i = (√β_0 + i/(N−1)·(√β_{N−1} − √β_0))², ᾱ the running product of 1 −
 * β, in double.
 */
public final class NoiseSchedule {
  private final double[] alphaBar;

  private NoiseSchedule(double[] alphaBar) {
    this.alphaBar = alphaBar;
  }

  /** AudioLDM's: 1000 steps, β from 0.0015 to 0.0195. */
  public static NoiseSchedule audioLdm() {
    return scaledLinear(1000, 0.0015, 0.0195);
  }

  /** A scaled-linear schedule. */
  public static NoiseSchedule scaledLinear(int timesteps, double betaStart, double betaEnd) {
    if (timesteps < 2 || !(betaStart > 0 && betaStart <= betaEnd && betaEnd < 1)) {
      throw new IllegalArgumentException(
          "illegal noise schedule: "
              + timesteps
              + " timesteps, beta "
              + betaStart
              + " to "
              + betaEnd);
    }
    double[] alphaBar = new double[timesteps];
    double product = 1;
    for (int i = 0; i < timesteps; i++) {
      double root =
          Math.sqrt(betaStart)
              + (double) i / (timesteps - 1) * (Math.sqrt(betaEnd) - Math.sqrt(betaStart));
      product *= 1 - root * root;
      alphaBar[i] = product;
    }
    return new NoiseSchedule(alphaBar);
  }

  /** The schedule stored in a checkpoint, falling from near 1 to near 0. */
  public static NoiseSchedule of(double[] alphaBar) {
    return new NoiseSchedule(alphaBar.clone());
  }

  /** Number of training timesteps, 1000. */
  public int timesteps() {
    return alphaBar.length;
  }

  /** ᾱ at a training timestep, 0 … timesteps − 1. */
  public double alphaBar(int timestep) {
    return alphaBar[timestep];
  }
}
