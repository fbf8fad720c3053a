package maestro.tensor.graph;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.NotCompilableException;

/** Runs a block once on recorded arrays and keeps what it did as a graph. */
public final class Tracer {
  private Tracer() {}

  /**
   * Records a network.
   *
   * @param shapes shape of each input by name; those without a free axis may be left out
   * @throws NotCompilableException when the block does something a graph cannot hold
   * @throws MaestroException of kind CONFIGURATION when a weight is missing or misshapen
   */
  public static Graph trace(NetworkSource source, Map<String, long[]> shapes, Target target) {
    return trace(source, shapes, target, false);
  }

  /**
   * Records a network.
   *
   * @param training whether the block runs as it does in training
   */
  public static Graph trace(
      NetworkSource source, Map<String, long[]> shapes, Target target, boolean training) {
    Graph graph = new Graph(target);
    RecordedManager manager = new RecordedManager(graph);
    NDList inputs = new NDList();
    for (NetworkInput input : source.inputs()) {
      DataType type = input.type() == NetworkInput.Type.INDEX ? DataType.INT64 : DataType.FLOAT32;
      long[] shape = shapes.getOrDefault(input.name(), input.shape());
      if (!input.fits(shape) || !NetworkInput.of(input.name(), shape).fixed()) {
        throw new IllegalArgumentException(
            source.name() + ": input '" + input.name() + "' needs a shape that fits its own");
      }
      NDArray array = manager.array(graph.input(input.name(), type, shape));
      array.setName(input.name());
      inputs.add(array);
    }
    try {
      Block block = source.block().get();
      if (!block.isInitialized()) {
        block.initialize(manager.proxy(), DataType.FLOAT32, inputs.getShapes());
      }
      NDList outputs = block.forward(new Weights(source, block, manager), inputs, training);
      if (outputs.size() != source.outputs().size()) {
        throw new IllegalArgumentException(
            source.name()
                + ": the block gives "
                + outputs.size()
                + " arrays for outputs "
                + source.outputs());
      }
      for (int i = 0; i < outputs.size(); i++) {
        graph.output(source.outputs().get(i), RecordedArray.value(outputs.get(i)));
      }
      return graph;
    } catch (Refusal e) {
      throw new NotCompilableException(source.name(), e.getMessage(), e);
    }
  }

  /**
   * Gives blocks their parameters as weights of the graph, whatever arrays they were initialised
   * with.
   */
  private static final class Weights extends ParameterStore {
    private final NetworkSource source;
    private final RecordedManager manager;
    private final Map<Parameter, String> names = new IdentityHashMap<>();
    private final Map<String, NDArray> arrays = new HashMap<>();

    Weights(NetworkSource source, Block block, RecordedManager manager) {
      super(manager.proxy(), false);
      this.source = source;
      this.manager = manager;
      BlockParameters.byName(block)
          .forEach((name, parameter) -> names.putIfAbsent(parameter, name));
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
      if (parameter == null) {
        return null;
      }
      String name = names.get(parameter);
      if (name == null) {
        throw new Refusal(
            "a parameter '" + parameter.getName() + "' that is not among the block's");
      }
      return arrays.computeIfAbsent(name, key -> weight(key, parameter.getShape()));
    }

    private NDArray weight(String name, Shape shape) {
      Weight weight = source.weights().get(name);
      if (weight == null) {
        throw refused("there is no weight '" + name + "'");
      }
      if (!Arrays.equals(weight.shape(), shape.getShape())) {
        throw refused(
            "weight '"
                + name
                + "' is "
                + Weight.shapeText(weight.shape())
                + " and the network needs "
                + Weight.shapeText(shape.getShape()));
      }
      DataType type = weight.dataType().floating() ? DataType.FLOAT32 : DataType.INT64;
      return manager.array(manager.graph().weight(name, type, weight));
    }

    private MaestroException refused(String cause) {
      return new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          source.name(),
          cause,
          "use weights made for this architecture");
    }
  }
}
