package maestro.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import maestro.api.tensor.FloatTensor;

/** Writes archives like those of {@code torch.save}, and hostile ones it would never write. */
final class ArchiveBuilder {
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private String device = "cpu";
  private boolean deflated;

  ArchiveBuilder() {
    raw(0x80, 2);
  }

  /** A state dict inside the usual container. */
  static ArchiveBuilder stateDict(Map<String, FloatTensor> tensors) {
    ArchiveBuilder builder = new ArchiveBuilder();
    builder.raw('}').text("state_dict").raw('}', '(');
    tensors.forEach((name, tensor) -> builder.text(name).tensor(tensor));
    return builder.raw('u', 's', '.');
  }

  ArchiveBuilder raw(int... bytes) {
    for (int b : bytes) {
      pickle.write(b);
    }
    return this;
  }

  ArchiveBuilder text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    raw('X', bytes.length, bytes.length >> 8, bytes.length >> 16, bytes.length >> 24);
    pickle.writeBytes(bytes);
    return this;
  }

  ArchiveBuilder global(String module, String name) {
    pickle.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  ArchiveBuilder integer(long value) {
    raw(0x8a, 8);
    pickle.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  ArchiveBuilder tensor(FloatTensor tensor) {
    ByteBuffer data =
        ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(tensor.values());
    String key = String.valueOf(entries.size());
    entries.put("data/" + key, data.array());
    long[] strides = new long[tensor.shape().length];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= tensor.shape()[i];
    }
    return tensor(key, "FloatStorage", tensor.values().length, 0, tensor.shape(), strides);
  }

  ArchiveBuilder tensor(
      String key, String type, long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2")
        .raw('(', '(')
        .text("storage")
        .global("torch", type)
        .text(key)
        .text(device)
        .integer(elements)
        .raw('t', 'Q')
        .integer(offset)
        .raw('(');
    for (long axis : shape) {
      integer(axis);
    }
    raw('t', '(');
    for (long stride : strides) {
      integer(stride);
    }
    return raw('t', 0x89, 'N', 't', 'R');
  }

  ArchiveBuilder entry(String name, byte[] bytes) {
    entries.put(name, bytes);
    return this;
  }

  /** Where the tensors that follow are said to have been. */
  ArchiveBuilder device(String name) {
    device = name;
    return this;
  }

  ArchiveBuilder deflated() {
    deflated = true;
    return this;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      write(zip, "made/data.pkl", pickle.toByteArray());
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        write(zip, "made/" + entry.getKey(), entry.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  Path write(Path file) throws IOException {
    return Files.write(file, toBytes());
  }

  private void write(ZipOutputStream zip, String name, byte[] data) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(deflated ? ZipEntry.DEFLATED : ZipEntry.STORED);
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.setCrc(crc.getValue());
    entry.setSize(data.length);
    if (!deflated) {
      entry.setCompressedSize(data.length);
    }
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
