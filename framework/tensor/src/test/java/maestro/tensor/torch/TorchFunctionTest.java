package maestro.tensor.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchFunctionTest {
  @Test
  void changesArraysInPlace() {
    TorchFunction add =
        new TorchFunction(
            "a: List[Tensor], b: List[Tensor], factor: float",
            "Tuple[()]",
            "torch._foreach_add_(a, b, alpha=factor)");
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      NDArray a = manager.create(new float[] {1, 2});
      add.change(List.of(List.of(a), List.of(manager.create(new float[] {10, 20}))), 0.5);
      assertThat(a.toFloatArray()).containsExactly(6, 12);
    }
  }
}
