package maestro.api.film;

import java.util.Map;

/**
 * The global condition c_film of the diffusion model, with what shaped it.
 *
 * @param vector 512 values in the paper; a smaller pack may have fewer
 * @param weights share of each encoder in the fusion, by plugin name, summing to 1; empty when the
 *     fusion has none
 */
public record FilmCondition(float[] vector, Map<String, Double> weights) {
  /** Copies the map. */
  public FilmCondition {
    weights = Map.copyOf(weights);
  }
}
