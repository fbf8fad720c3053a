package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeavesTest {
  private final Engine engine = Engine.getEngine("PyTorch");

  private static Parameter parameter(NDArray array) {
    Parameter parameter =
        Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build();
    parameter.setArray(array);
    return parameter;
  }

  @Test
  void gradientsAddUpAndTheParametersKnowNothingOfIt() {
    try (NDManager manager = engine.newBaseManager();
        NDManager update = manager.newSubManager()) {
      Parameter own = parameter(manager.create(new float[] {1, 2}));
      Parameter unused = parameter(manager.create(new float[] {3}));
      Parameter other = parameter(manager.create(new float[] {5, 7}));
      Phase phase = new Phase("", Map.of("own", own), null);
      Leaves leaves = new Leaves(phase, update);
      for (int micro = 0; micro < 2; micro++) {
        ParameterStore store = leaves.store(update);
        try (GradientCollector collector = engine.newGradientCollector()) {
          collector.backward(
              store
                  .getValue(own, Device.cpu(), true)
                  .mul(store.getValue(other, Device.cpu(), true))
                  .sum());
        }
      }
      assertThat(leaves.gradients()).hasSize(1);
      assertThat(leaves.gradients().get(0).toFloatArray()).containsExactly(10, 14);
      assertThat(own.getArray().hasGradient()).isFalse();
      assertThat(other.getArray().hasGradient()).isFalse();
      own.getArray().addi(1);
      assertThat(leaves.store(update).getValue(own, Device.cpu(), true).toFloatArray())
          .containsExactly(2, 3);
      assertThat(new Leaves(new Phase("", Map.of("unused", unused), null), update).gradients())
          .hasSize(1)
          .allSatisfy(gradient -> assertThat(gradient.toFloatArray()).containsExactly(0));
    }
  }
}
