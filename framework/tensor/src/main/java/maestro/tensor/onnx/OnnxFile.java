package maestro.tensor.onnx;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.checkpoint.Weight;
import maestro.files.AtomicFile;
import maestro.tensor.NetworkSource;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import maestro.tensor.graph.Value;

/** A compiled graph in a file, its weights in another (onnx/onnx: docs/ExternalData.md). */
public final class OnnxFile {
  private static final int ALIGNMENT = 4096;

  private OnnxFile() {}

  /** See {@link maestro.tensor.OnnxExport#write}. */
  public static void write(NetworkSource source, Map<String, long[]> shapes, Path file) {
    Graph graph = Tracer.trace(source, shapes, Target.PORTABLE);
    Path data = file.resolveSibling(file.getFileName() + ".data");
    Map<String, long[]> places = new LinkedHashMap<>();
    AtomicFile.write(
        data,
        channel -> {
          for (Value weight : OnnxModel.weights(graph).values()) {
            long offset = (channel.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            channel.position(offset);
            long length = append(channel, OnnxModel.bytes(weight));
            places.put(weight.name(), new long[] {offset, length});
          }
        });
    String location = data.getFileName().toString();
    ProtoMessage model =
        OnnxModel.write(
            source.name(),
            graph,
            (tensor, weight) -> external(tensor, location, places.get(weight.name())));
    AtomicFile.write(file, model::writeTo);
  }

  private static long append(FileChannel channel, ByteBuffer bytes) throws java.io.IOException {
    long length = bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return length;
  }

  /** Says that a weight's bytes are where the checkpoint has them. */
  static ProtoMessage place(ProtoMessage tensor, Weight weight) {
    return external(
        tensor,
        weight.file().getFileName().toString(),
        new long[] {weight.fileOffset(), weight.byteLength()});
  }

  private static ProtoMessage external(ProtoMessage tensor, String location, long[] place) {
    return tensor
        .message(13, entry("location", location))
        .message(13, entry("offset", Long.toString(place[0])))
        .message(13, entry("length", Long.toString(place[1])))
        .number(14, 1);
  }

  private static ProtoMessage entry(String key, String value) {
    return new ProtoMessage().text(1, key).text(2, value);
  }
}
