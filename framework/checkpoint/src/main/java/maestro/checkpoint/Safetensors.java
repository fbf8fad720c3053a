package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.tensor.NamedTensors;
import maestro.files.AtomicFile;

/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors without
 * gaps.
 *
 * <p>Source: huggingface/safetensors, README. Stricter than its reader in one point: a header may
 * have at most {@value SafetensorsHeader#MAX_BYTES} bytes.
 */
public final class Safetensors {
  private Safetensors() {}

  /**
   * Opens a file without reading the tensors.
   *
   * @throws CheckpointException when the file is not a well-formed safetensors file; nothing larger
   *     than the file itself is allocated before that is known
   */
  public static Checkpoint open(Path file) {
    MappedFile mapped = MappedFile.open(file);
    try {
      return read(mapped);
    } catch (RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  static Checkpoint read(MappedFile mapped) {
    SafetensorsHeader header = SafetensorsHeader.read(mapped);
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (SafetensorsHeader.Entry entry : header.entries()) {
      weights.put(
          entry.name(),
          new MappedWeight(
              entry.name(),
              entry.dataType(),
              entry.shape(),
              mapped,
              header.dataStart() + entry.begin()));
    }
    return new Checkpoint(mapped, weights, header.metadata());
  }

  /** Reads a whole file as floats. */
  public static NamedTensors read(Path file) {
    try (Checkpoint checkpoint = open(file)) {
      return checkpoint.toTensors();
    }
  }

  /** Writes float tensors; see {@link #write(Path, Collection, Map)}. */
  public static void write(Path file, NamedTensors tensors) {
    write(
        file,
        tensors.tensors().entrySet().stream()
            .map(e -> Weight.of(e.getKey(), e.getValue()))
            .toList(),
        tensors.metadata());
  }

  /**
   * Writes tensors in the given order, wider types first so that each stays aligned. The same input
   * gives the same bytes. The file appears under its name only when it is whole.
   */
  public static void write(
      Path file, Collection<? extends Weight> weights, Map<String, String> metadata) {
    SafetensorsHeader header = SafetensorsHeader.of(file, weights, metadata);
    Map<String, Weight> byName = new LinkedHashMap<>();
    weights.forEach(weight -> byName.put(weight.name(), weight));
    AtomicFile.write(
        file,
        channel -> {
          AtomicFile.writeFully(channel, ByteBuffer.wrap(header.toBytes()));
          for (SafetensorsHeader.Entry entry : header.entries()) {
            ByteBuffer data = byName.get(entry.name()).data();
            if (data.remaining() != entry.end() - entry.begin()) {
              throw new IllegalStateException(
                  entry.name()
                      + ": "
                      + data.remaining()
                      + " bytes for shape "
                      + Weight.shapeText(entry.shape()));
            }
            AtomicFile.writeFully(channel, data);
          }
        });
  }
}
