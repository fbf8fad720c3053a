package maestro.tensor.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import maestro.tensor.torchscript.ScriptArchive;

/**
 * A function of PyTorch's that DJL does not offer by itself. It goes the one way DJL has to all of
 * them: a line of TorchScript, in an archive that is put together here and never on a disk.
 */
public final class TorchFunction {
  private static final String SOURCE =
      """
      class Function(Module):
        __parameters__ = []
        __buffers__ = []
        def forward(self: __torch__.Function,
          %s) -> %s:
          return %s
      """;

  private final String source;
  private PtSymbolBlock module;

  /**
   * A function; the engine reads it when it is first called.
   *
   * @param parameters with their types, such as {@code x: Tensor, rate: float}
   * @param type of the result
   * @param result an expression of the parameters
   */
  public TorchFunction(String parameters, String type, String result) {
    source = SOURCE.formatted(parameters, type, result);
  }

  /**
   * Calls a function that changes arrays in place, without gradients.
   *
   * @param arrays the first parameters, lists of arrays; not empty, the first neither
   * @param numbers the other parameters
   */
  public void change(List<List<NDArray>> arrays, double... numbers) {
    IValue[] arguments =
        Stream.concat(
                arrays.stream().map(list -> IValue.listFrom(list.toArray(PtNDArray[]::new))),
                DoubleStream.of(numbers).mapToObj(IValue::from))
            .toArray(IValue[]::new);
    IValueUtils.forward(module(arrays.get(0).get(0)), arguments).close();
    for (IValue argument : arguments) {
      argument.close();
    }
  }

  private synchronized PtSymbolBlock module(NDArray user) {
    ScriptArchive.asWritten();
    if (module == null) {
      module =
          ScriptArchive.load((PtNDManager) user.getManager().getEngine().newBaseManager(), source);
    }
    return module;
  }
}
