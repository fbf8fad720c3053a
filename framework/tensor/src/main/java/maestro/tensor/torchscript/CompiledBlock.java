package maestro.tensor.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import maestro.tensor.graph.Value;

/**
 * A block whose forward pass is one TorchScript module for each of the input sizes met last;
 * PyTorch's automatic differentiation goes back through it. Parameters and their gradients stay in
 * single precision, whatever the module computes in. Used by one thread.
 */
public final class CompiledBlock implements AutoCloseable {
  private static final int KEPT = 4;

  private final String name;
  private final Block block;
  private final List<String> outputs;
  private final boolean training;
  private final boolean half;
  private final PtNDManager manager;
  private final Map<String, Parameter> parameters;
  private final Map<List<Shape>, Module> modules = new LinkedHashMap<>(8, 0.75f, true);

  /** A module and what it takes after the inputs: parameters, and constants of their own. */
  private record Module(PtSymbolBlock script, List<Parameter> parameters, List<NDArray> constants) {
    void close() {
      constants.stream().filter(Objects::nonNull).forEach(NDArray::close);
      script.close();
    }
  }

  /**
   * Compiles when the first inputs are there.
   *
   * @param name in messages
   * @param block with its parameters initialised
   * @param outputs names of the arrays it returns
   * @param owner owns what stays between two passes, on the device that it says
   * @param training whether the block runs as in training, else as in use
   * @param half whether to compute in bfloat16 where that does no harm, else in single precision
   */
  public CompiledBlock(
      String name,
      Block block,
      List<String> outputs,
      NDManager owner,
      boolean training,
      boolean half) {
    this.name = name;
    this.block = block;
    this.outputs = List.copyOf(outputs);
    this.training = training;
    manager = (PtNDManager) owner.newSubManager();
    this.half = half;
    parameters = BlockParameters.byName(block);
  }

  /**
   * The block's forward pass.
   *
   * @param store gives the parameters' arrays
   * @param inputs in single precision; the first one's manager owns the outputs
   * @throws maestro.tensor.NotCompilableException when the block does what a module cannot hold
   */
  public NDList forward(ParameterStore store, NDList inputs) {
    ScriptArchive.asWritten();
    Module module = module(inputs);
    NDArray first = inputs.get(0);
    NDList all = new NDList(inputs.size() + module.parameters.size());
    for (NDArray input : inputs) {
      all.add(unnamed(input));
    }
    for (int i = 0; i < module.parameters.size(); i++) {
      Parameter parameter = module.parameters.get(i);
      all.add(
          parameter == null
              ? module.constants.get(i)
              : unnamed(store.getValue(parameter, first.getDevice(), training)));
    }
    return IValueUtils.forward(module.script, all, training);
  }

  /** DJL takes names for places in structures. */
  private static NDArray unnamed(NDArray array) {
    array.setName(null);
    return array;
  }

  private Module module(NDList inputs) {
    List<Shape> key = Arrays.asList(inputs.getShapes());
    Module module = modules.get(key);
    if (module == null) {
      if (modules.size() == KEPT) {
        modules.remove(modules.keySet().iterator().next()).close();
      }
      module = compiled(inputs);
      modules.put(key, module);
    }
    return module;
  }

  private Module compiled(NDList inputs) {
    Script script = new Script(graph(inputs), half, true);
    List<Parameter> taken = new ArrayList<>();
    List<NDArray> constants = new ArrayList<>();
    for (Script.Tensor tensor : script.tensors()) {
      boolean weight = tensor.weight() != null;
      taken.add(weight ? parameters.get(tensor.weight().name()) : null);
      constants.add(weight ? null : constant(tensor.constant()));
    }
    return new Module(ScriptArchive.load(manager, script.source()), taken, constants);
  }

  /** One that outlives the scope of an update. */
  private NDArray constant(Value value) {
    NDArray constant = ScriptNetwork.constant(manager, value);
    NDScope.unregister(constant);
    return constant;
  }

  private Graph graph(NDList inputs) {
    List<NetworkInput> declared =
        IntStream.range(0, inputs.size()).mapToObj(i -> input("x" + i, inputs.get(i))).toList();
    Map<String, Weight> weights = new LinkedHashMap<>();
    parameters.forEach(
        (key, parameter) ->
            weights.put(
                key,
                Weight.computed(
                    key,
                    parameter.getShape().getShape(),
                    () -> parameter.getArray().toFloatArray())));
    NetworkSource source = new NetworkSource(name, () -> block, declared, outputs, weights);
    return Tracer.trace(source, Map.of(), Target.TORCH, training);
  }

  private static NetworkInput input(String name, NDArray array) {
    NetworkInput input = NetworkInput.of(name, array.getShape().getShape());
    return array.getDataType() == DataType.INT64 ? NetworkInput.index(name, input.shape()) : input;
  }

  @Override
  public void close() {
    modules.values().forEach(Module::close);
    modules.clear();
    manager.close();
  }
}
