package maestro.tensor.graph;

import java.util.List;
import java.util.Map;

/**
 * One operation of a graph.
 *
 * @param domain operator set: empty for ONNX's own, {@code com.microsoft} for ONNX Runtime's
 * @param operator name of the operator
 * @param inputs in order; null where an optional input is left out
 * @param outputs filled by the graph
 * @param attributes by name: Long, Float, String or long[]
 */
public record Node(
    String domain,
    String operator,
    List<Value> inputs,
    List<Value> outputs,
    Map<String, Object> attributes) {}
