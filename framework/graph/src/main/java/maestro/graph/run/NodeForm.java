package maestro.graph.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.node.Kind;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/**
 * The values of a node's outputs as tensors. One output is written as its kind writes it; of
 * several, each has its port's name and a slash before its names.
 */
final class NodeForm {
  private NodeForm() {}

  static NamedTensors write(List<Port> outputs, Values values) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Port port : outputs) {
      String prefix = outputs.size() == 1 ? "" : port.name() + "/";
      for (Object value : values.port(port.name()).values()) {
        NamedTensors one = write(port.kind(), value);
        one.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
        one.metadata().forEach((name, text) -> metadata.put(prefix + name, text));
        metadata.put(prefix + "maestro.kind", port.kind().name());
      }
    }
    return new NamedTensors(tensors, metadata);
  }

  static Values read(List<Port> outputs, NamedTensors kept) {
    Values values = Values.none();
    for (Port port : outputs) {
      String prefix = outputs.size() == 1 ? "" : port.name() + "/";
      String kind = kept.metadata().get(prefix + "maestro.kind");
      if (kind == null) {
        continue; // the node gave nothing there
      }
      if (!kind.equals(port.kind().name())) {
        throw new IllegalArgumentException("it holds a " + kind + ", not a " + port.kind());
      }
      Map<String, FloatTensor> tensors = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      kept.tensors()
          .forEach(
              (name, tensor) -> {
                if (name.startsWith(prefix)) {
                  tensors.put(name.substring(prefix.length()), tensor);
                }
              });
      kept.metadata()
          .forEach(
              (name, text) -> {
                if (name.startsWith(prefix)) {
                  metadata.put(name.substring(prefix.length()), text);
                }
              });
      values =
          values.with(
              port.name(),
              "",
              port.kind().form().orElseThrow().read(new NamedTensors(tensors, metadata)));
    }
    return values;
  }

  private static <T> NamedTensors write(Kind<T> kind, Object value) {
    return kind.form().orElseThrow().write(kind.cast(value));
  }
}
