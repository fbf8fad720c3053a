package maestro.tensor.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/**
 * An opened file of weights.
 *
 * <p>Weights taken from it stay valid after {@link #close()} for files up to 2 GiB; from larger ones, take the
 * {@link Weight#data()} first.
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
          CheckpointException.label(file()), "there is no tensor '" + name + "'", "use the file that has it");
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
