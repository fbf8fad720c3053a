package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.function.Function;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.FillRule;
import maestro.tensor.nn.Initial;

/** Blocks run by DJL itself, filled by rule. */
final class Eager implements AutoCloseable {
  final NDManager manager = NDManager.newBaseManager("PyTorch");

  /** Gives every parameter the values of the rule under prefix + name. */
  <B extends Block> B fill(B block, String prefix) {
    return fill(block, name -> prefix + name);
  }

  <B extends Block> B fill(B block, Function<String, String> fullName) {
    for (Pair<String, Parameter> pair : block.getParameters()) {
      Parameter parameter = pair.getValue();
      FloatTensor values =
          FillRule.tensor(fullName.apply(pair.getKey()), parameter.getShape().getShape());
      parameter.setInitializer(Initial.of(values));
      parameter.freeze(true);
    }
    block.initialize(manager, DataType.FLOAT32);
    return block;
  }

  NDArray array(FloatTensor tensor) {
    return manager.create(tensor.values(), new Shape(tensor.shape()));
  }

  NDArray random(String name, long... shape) {
    Shape size = new Shape(shape);
    return manager.create(FillRule.random(name, (int) size.size()), size);
  }

  NDList run(Block block, NDArray... inputs) {
    return block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
  }

  static FloatTensor tensor(NDArray array) {
    return FloatTensor.of(array.toFloatArray(), array.getShape().getShape());
  }

  @Override
  public void close() {
    manager.close();
  }
}
