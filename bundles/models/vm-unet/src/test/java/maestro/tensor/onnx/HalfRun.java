package maestro.tensor.onnx;

import java.util.HashMap;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.NetworkSource;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;

/** The graph that is made for a CUDA device, run on the processor. */
public final class HalfRun {
  private HalfRun() {}

  /** The largest difference of half from single precision, over the largest number. */
  public static double error(NetworkSource source, Map<String, FloatTensor> inputs) {
    Map<String, long[]> shapes = new HashMap<>();
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    Graph graph = Tracer.trace(source, shapes, Target.CUDA);
    String output = source.outputs().get(0);
    try (OnnxSession single = new OnnxSession("single", graph, 2, -1);
        OnnxSession half = new OnnxSession("half", HalfPrecision.of(graph), 2, -1)) {
      float[] expected = single.run(inputs).get(output).values();
      float[] actual = half.run(inputs).get(output).values();
      double difference = 0;
      double largest = 0;
      for (int i = 0; i < expected.length; i++) {
        difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
      }
      return difference / largest;
    }
  }
}
