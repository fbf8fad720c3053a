package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/**
 * An opened file of weights.
 *
 * <p>Weights taken from it stay valid after {@link #close()} for files up to 2 GiB; from larger
 * ones, take the {@link Weight#data()} first.
 */
public final class Checkpoint implements AutoCloseable {
  private final MappedFile mapped;
  private final Map<String, Weight> weights;
  private final Map<String, String> metadata;

  Checkpoint(MappedFile mapped, Map<String, Weight> weights, Map<String, String> metadata) {
    this.mapped = mapped;
    this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Opens a file of weights of any known format, told by its first bytes: safetensors, or a PyTorch
   * archive ({@code .pt}, {@code .pth}, {@code .ckpt}, {@code .bin}) of which nothing is run.
   *
   * @throws CheckpointException when it is damaged or of another format
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
    ByteBuffer start = mapped.copy(0, (int) Math.min(4, mapped.size()));
    if (start.limit() == 4 && start.getInt(0) == ZipDirectory.LOCAL_HEADER) {
      return PyTorchArchive.read(mapped);
    }
    if (start.limit() > 1 && start.get(0) == PickleReader.PROTO && start.get(1) <= 5) {
      throw new CheckpointException(
          CheckpointException.label(mapped.file()),
          "this is a bare pickle or a PyTorch file older than version 1.6, which Maestro does not read",
          "load it in a trusted Python and save its state_dict with torch.save or as safetensors");
    }
    return Safetensors.read(mapped);
  }

  /** The file. */
  public Path file() {
    return mapped.file();
  }

  /** Every tensor by name, in the order of the file. */
  public Map<String, Weight> weights() {
    return weights;
  }

  /** Free text by key; empty when the format has none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The tensor of that name, or a {@link CheckpointException} that says it is missing. */
  public Weight weight(String name) {
    Weight weight = weights.get(name);
    if (weight == null) {
      throw new CheckpointException(
          CheckpointException.label(file()),
          "there is no tensor '" + name + "'",
          "use the file that has it");
    }
    return weight;
  }

  /** A copy of everything as floats. */
  public NamedTensors toTensors() {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    weights.forEach((name, weight) -> tensors.put(name, weight.toTensor()));
    return new NamedTensors(tensors, metadata);
  }

  /** Closes the file. */
  @Override
  public void close() {
    mapped.close();
  }
}
