package maestro.api.film;

import java.util.Map;
import java.util.Optional;

/**
 * The global condition c_film of the diffusion model, with what shaped it.
 *
 * @param vector 512 values in the paper; a smaller pack may have fewer
 * @param unguided what the other pass of classifier-free guidance hears, as long as the vector,
 *     when the guidance is on a part of the condition alone; empty for the model's null condition,
 *     as in the paper
 * @param weights share of each encoder in the fusion, by plugin name, summing to 1; empty when the
 *     fusion has none
 */
public record FilmCondition(
    float[] vector, Optional<float[]> unguided, Map<String, Double> weights) {
  /** Copies the map and checks the lengths. */
  public FilmCondition {
    weights = Map.copyOf(weights);
    if (unguided.isPresent() && unguided.get().length != vector.length) {
      throw new IllegalArgumentException(
          "film condition: "
              + unguided.get().length
              + " values without what is guided and "
              + vector.length
              + " with it");
    }
  }

  /** A condition that the guidance is on as a whole. */
  public FilmCondition(float[] vector, Map<String, Double> weights) {
    this(vector, Optional.empty(), weights);
  }
}
