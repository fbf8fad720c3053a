package maestro.tensor;

import java.nio.file.Path;
import java.util.Map;
import maestro.tensor.onnx.OnnxFile;

/** Saves networks as ONNX files that any runtime can load. */
public final class OnnxExport {
  private OnnxExport() {}

  /**
   * Compiles a network and writes it, with ONNX's own operators alone. The weights go into a file
   * of their own beside the graph, {@code FILE.data}, so that networks of any size fit; keep the
   * two together.
   *
   * @param shapes shape of each input by name; no axis is free
   * @param file to write, usually {@code *.onnx}
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the network cannot be compiled
   *     or lacks weights, of kind RESOURCE when the files cannot be written
   */
  public static void write(NetworkSource source, Map<String, long[]> shapes, Path file) {
    OnnxFile.write(source, shapes, file);
  }
}
