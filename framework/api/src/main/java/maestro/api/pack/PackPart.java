package maestro.api.pack;

import java.nio.file.Path;
import java.util.Map;

/**
 * One network of a pack.
 *
 * @param name name of the part
 * @param weights safetensors file inside the pack's folder, or null when the part needs none
 * @param digest SHA-256 of the weights file, lower-case hexadecimal; empty when there are none
 * @param architecture numbers and choices that the weights alone do not tell, as read from JSON:
 *     strings, numbers, booleans, lists and maps
 */
public record PackPart(String name, Path weights, String digest, Map<String, Object> architecture) {
  /** Copies the map. */
  public PackPart {
    architecture = Map.copyOf(architecture);
  }
}
