package maestro.tensor.torchscript;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * TorchScript archives of one object without weights, put together in memory and never on a disk.
 */
public final class ScriptArchive {
  private ScriptArchive() {}

  /**
   * Makes a module of its source.
   *
   * @param source of the class {@code Function}
   */
  public static PtSymbolBlock load(PtNDManager manager, String source) {
    try {
      return JniUtils.loadModule(manager, new ByteArrayInputStream(archive(source)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Has the modules that this thread calls run as they are written. Otherwise PyTorch rewrites them
   * after their first calls, and their bits may change.
   */
  public static void asWritten() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  private static byte[] archive(String source) throws IOException {
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
