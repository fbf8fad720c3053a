package maestro.api.latent;

/** ε(x_t, t) with everything else fixed: condition, controls and guidance. */
@FunctionalInterface
public interface NoisePredictor {
  /**
   * Predicts the noise in a latent.
   *
   * @param latent x_t
   * @param timestep training timestep t, 0 … 999
   * @return ε of the same shape
   */
  Latent predict(Latent latent, int timestep);
}
