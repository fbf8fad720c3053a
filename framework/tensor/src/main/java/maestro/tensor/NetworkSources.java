package maestro.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.pack.ModelPack;
import org.osgi.annotation.versioning.ConsumerType;

/** Networks of a bundle by name, to be saved, compared or looked at; a service. Thread-safe. */
@ConsumerType
public interface NetworkSources {
  /** Names of the networks, for instance {@code denoiser}, {@code vae-decode}, {@code vocoder}. */
  List<String> networks();

  /**
   * A network with a pack's weights.
   *
   * @param name one of {@link #networks()}
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks its part
   */
  Sized network(String name, ModelPack pack);

  /**
   * A network and the input shapes it is usually run with.
   *
   * @param source the network
   * @param shapes shape of every input by name, no axis free: a clip of ten seconds, one at a time
   */
  record Sized(NetworkSource source, Map<String, long[]> shapes) {
    /** Copies the map, keeping its order. */
    public Sized {
      shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
    }

    /**
     * The usual shapes of a source: its fixed axes, a batch of one, and the given length for each
     * other free axis in turn.
     */
    public static Sized of(NetworkSource source, Map<String, long[]> freeAxes) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      for (NetworkInput input : source.inputs()) {
        long[] shape = input.shape().clone();
        long[] lengths = freeAxes.getOrDefault(input.name(), new long[0]);
        int next = 0;
        for (int axis = 0; axis < shape.length; axis++) {
          if (shape[axis] < 0) {
            shape[axis] = axis == 0 ? 1 : lengths[next++];
          }
        }
        shapes.put(input.name(), shape);
      }
      return new Sized(source, shapes);
    }
  }
}
