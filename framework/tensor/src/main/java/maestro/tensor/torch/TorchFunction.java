package maestro.tensor.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

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
    // Otherwise PyTorch rewrites a function after its first calls, and its bits may change. A
    // thread's own setting.
    JniUtils.setGraphExecutorOptimize(false);
    if (module == null) {
      try {
        PtNDManager manager = (PtNDManager) user.getManager().getEngine().newBaseManager();
        module = JniUtils.loadModule(manager, new ByteArrayInputStream(archive()), false, false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return module;
  }

  /** A TorchScript archive of one object without weights. */
  private byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      entry(zip, "data.pkl", "\u0080\u0002c__torch__\nFunction\n)\u0081}b.");
      entry(zip, "code/__torch__.py", source);
      entry(zip, "constants.pkl", "\u0080\u0002).");
      entry(zip, "version", "3\n");
    }
    return bytes.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
    zip.putNextEntry(new ZipEntry("function/" + name));
    zip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    zip.closeEntry();
  }
}
