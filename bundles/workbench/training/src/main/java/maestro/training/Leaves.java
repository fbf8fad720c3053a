package maestro.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a phase for one update: arrays of their own on the parameters' memory, so that
 * a gradient begins as nothing, not as zeros that are first written and then added to. The
 * parameters themselves, those of other phases too, ask for no gradient.
 */
final class Leaves {
  private final Map<Parameter, NDArray> leaves = new LinkedHashMap<>();

  /**
   * Leaves of a phase.
   *
   * @param manager owns them and their gradients; to be closed after the update
   */
  Leaves(Phase phase, NDManager manager) {
    for (Parameter parameter : phase.parameters().values()) {
      NDArray leaf = parameter.getArray().stopGradient();
      leaf.attach(manager);
      leaf.setRequiresGradient(true);
      leaves.put(parameter, leaf);
    }
  }

  /** A store that gives the leaves, and all other parameters as they are. */
  ParameterStore store(NDManager manager) {
    return new ParameterStore(manager, false) {
      @Override
      public NDArray getValue(Parameter parameter, Device device, boolean training) {
        NDArray leaf = leaves.get(parameter);
        return leaf == null ? super.getValue(parameter, device, training) : leaf;
      }
    };
  }

  /** The gradients so far in the phase's order; zeros where no loss has reached a parameter. */
  List<NDArray> gradients() {
    return leaves.values().stream().map(NDArray::getGradient).toList();
  }
}
