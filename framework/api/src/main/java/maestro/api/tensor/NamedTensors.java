package maestro.api.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors by name, with a few words about them: the engine-free twin of a safetensors file.
 *
 * @param tensors by name, in writing order
 * @param metadata free text by key
 */
public record NamedTensors(Map<String, FloatTensor> tensors, Map<String, String> metadata) {
  /** Copies the maps, keeping their order. */
  public NamedTensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** One tensor and no metadata. */
  public static NamedTensors of(String name, FloatTensor tensor) {
    return new NamedTensors(Map.of(name, tensor), Map.of());
  }

  /** The tensor of that name. */
  public FloatTensor get(String name) {
    FloatTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensors: no '" + name + "' among " + tensors.keySet());
    }
    return tensor;
  }
}
