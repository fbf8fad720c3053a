package maestro.training;

import java.util.List;
import java.util.Map;
import maestro.checkpoint.Weight;

/**
 * A part of a model pack that a training made.
 *
 * @param name of the part, {@code vae}
 * @param weights by the names the part's networks read
 * @param architecture numbers that the weights alone do not tell
 */
public record TrainedPart(String name, List<Weight> weights, Map<String, Object> architecture) {
  /** Copies the list. */
  public TrainedPart {
    weights = List.copyOf(weights);
  }
}
