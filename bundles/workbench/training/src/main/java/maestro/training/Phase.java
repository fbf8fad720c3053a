package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A part of a training step that has parameters and a loss of its own.
 *
 * @param name in logs, empty when there is but one
 * @param parameters what it trains, by name, in a fixed order
 * @param loss what it makes less
 * @param from number of the update from which it takes part, counted from 0; it sits out those
 *     before. The best validation counts anew from there, since what came before had another aim
 */
public record Phase(String name, Map<String, Parameter> parameters, Loss loss, long from) {
  /** Copies the map, keeping its order. */
  public Phase {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** A phase that takes part in every update. */
  public Phase(String name, Map<String, Parameter> parameters, Loss loss) {
    this(name, parameters, loss, 0);
  }

  /** A loss of random examples. */
  @FunctionalInterface
  public interface Loss {
    /**
     * Computes the loss.
     *
     * @param draw says which examples and which noise; all chance must come from it
     * @param store gives the parameters' arrays; its manager owns what is made here
     * @return a scalar with a gradient
     */
    NDArray of(Draw draw, ParameterStore store);
  }
}
