package maestro.api.node;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What comes into a node, or leaves it, by port. An input with many wires has a value for each node
 * it is wired to, by that node's id, in the recipe's order.
 */
public final class Values {
  private final Map<String, Map<String, Object>> byPort;

  private Values(Map<String, Map<String, Object>> byPort) {
    this.byPort = byPort;
  }

  /** No values. */
  public static Values none() {
    return new Values(Map.of());
  }

  /** One value, for an output named as its kind. */
  public static <T> Values of(Kind<T> kind, T value) {
    return none().with(kind.name(), "", value);
  }

  /**
   * These and one more.
   *
   * @param port name of the port
   * @param from id of the node it comes from; empty for an output
   */
  public Values with(String port, String from, Object value) {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>(byPort);
    Map<String, Object> values = new LinkedHashMap<>(all.getOrDefault(port, Map.of()));
    values.put(from, value);
    all.put(port, Collections.unmodifiableMap(values));
    return new Values(all);
  }

  /**
   * The one value of the port named as a kind.
   *
   * @throws IllegalArgumentException when there is none
   */
  public <T> T one(Kind<T> kind) {
    return find(kind)
        .orElseThrow(() -> new IllegalArgumentException("no value of kind " + kind.name()));
  }

  /** The value of the port named as a kind, if there is one. */
  public <T> Optional<T> find(Kind<T> kind) {
    return byPort.getOrDefault(kind.name(), Map.of()).values().stream().findFirst().map(kind::cast);
  }

  /** All values of the port named as a kind, by the id of the node they come from. */
  public <T> Map<String, T> all(Kind<T> kind) {
    Map<String, T> all = new LinkedHashMap<>();
    byPort
        .getOrDefault(kind.name(), Map.of())
        .forEach((from, value) -> all.put(from, kind.cast(value)));
    return all;
  }

  /** The values of a port by the id of the node they come from. */
  public Map<String, Object> port(String name) {
    return byPort.getOrDefault(name, Map.of());
  }
}
