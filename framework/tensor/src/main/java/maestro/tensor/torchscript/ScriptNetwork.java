package maestro.tensor.torchscript;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.NotCompilableException;
import maestro.tensor.device.DeviceChoice;
import maestro.tensor.graph.Refusal;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;
import maestro.tensor.graph.Value;

/**
 * A network with one module for each of the input sizes met last. Its weights are brought into
 * their form once and stand in PyTorch's memory for all of them.
 */
final class ScriptNetwork implements Network {
  private static final int KEPT = 4;

  private final NetworkSource source;
  private final PtNDManager manager;
  private final Device device;
  private final boolean half;
  private final Map<List<List<Long>>, Compiled> modules = new LinkedHashMap<>(8, 0.75f, true);
  private final Map<Weight, Map<Script.Form, IValue>> weights = new IdentityHashMap<>();
  private final Map<Script.Form, PtSymbolBlock> forms = new EnumMap<>(Script.Form.class);
  private boolean closed;

  /** A module and what it takes after the inputs. */
  private record Compiled(PtSymbolBlock module, IValue weights) {
    void close() {
      weights.close();
      module.close();
    }
  }

  ScriptNetwork(
      NetworkSource source, Engine engine, Device wanted, boolean half, DeviceChoice devices) {
    this.source = source;
    this.half = half;
    device =
        devices.of(
            wanted, () -> engine.getGpuCount() > wanted.index() ? "" : "PyTorch does not find it");
    boolean cuda = device.kind() == Device.Kind.CUDA;
    manager =
        (PtNDManager)
            engine.newBaseManager(cuda ? ai.djl.Device.gpu(wanted.index()) : ai.djl.Device.cpu());
  }

  /** Compiles a network whose input sizes are all fixed. */
  synchronized void prepare() {
    Map<String, long[]> shapes = new HashMap<>();
    source.inputs().forEach(input -> shapes.put(input.name(), input.shape()));
    module(shapes);
  }

  @Override
  public synchronized Map<String, FloatTensor> run(Map<String, FloatTensor> inputs) {
    Compiled compiled = module(source.shapesOf(inputs));
    List<IValue> arguments = new ArrayList<>();
    try (NDManager scope = manager.newSubManager()) {
      for (NetworkInput input : source.inputs()) {
        arguments.add(IValue.from(array(scope, inputs.get(input.name()), input.type())));
      }
      arguments.add(compiled.weights());
      try (IValue result =
          IValueUtils.forward(compiled.module(), arguments.toArray(IValue[]::new))) {
        NDList outputs = result.toNDList((PtNDManager) scope);
        Map<String, FloatTensor> named = new LinkedHashMap<>();
        for (int i = 0; i < source.outputs().size(); i++) {
          named.put(source.outputs().get(i), tensor(outputs.get(i)));
        }
        return named;
      }
    } catch (EngineException e) {
      throw failed(e);
    } finally {
      arguments.stream().limit(source.inputs().size()).forEach(IValue::close);
    }
  }

  private static PtNDArray array(NDManager scope, FloatTensor tensor, NetworkInput.Type type) {
    NDArray array = scope.create(FloatBuffer.wrap(tensor.values()), new Shape(tensor.shape()));
    return (PtNDArray)
        (type == NetworkInput.Type.INDEX ? array.toType(DataType.INT64, false) : array);
  }

  private static FloatTensor tensor(NDArray array) {
    return new FloatTensor(
        array.getShape().getShape(), array.toType(DataType.FLOAT32, false).toFloatArray());
  }

  private Compiled module(Map<String, long[]> shapes) {
    if (closed) {
      throw new IllegalStateException(source.name() + " is closed");
    }
    ScriptArchive.asWritten();
    List<List<Long>> key = new ArrayList<>();
    for (NetworkInput input : source.inputs()) {
      key.add(Arrays.stream(shapes.get(input.name())).boxed().toList());
    }
    Compiled compiled = modules.get(key);
    if (compiled == null) {
      if (modules.size() == KEPT) {
        modules.remove(modules.keySet().iterator().next()).close();
      }
      compiled = compiled(shapes);
      modules.put(key, compiled);
    }
    return compiled;
  }

  private Compiled compiled(Map<String, long[]> shapes) {
    try {
      Script script = new Script(Tracer.trace(source, shapes, Target.TORCH), half, false);
      List<IValue> tensors = new ArrayList<>();
      script.tensors().forEach(tensor -> tensors.add(prepared(tensor)));
      if (tensors.isEmpty()) {
        // DJL has no empty lists.
        tensors.add(IValue.from((PtNDArray) manager.create(0f)));
      }
      return new Compiled(
          ScriptArchive.load(manager, script.source()),
          IValue.listFrom(tensors.toArray(IValue[]::new)));
    } catch (Refusal e) {
      throw new NotCompilableException(source.name(), e.getMessage(), e);
    } catch (EngineException e) {
      throw failed(e);
    }
  }

  private IValue prepared(Script.Tensor tensor) {
    if (tensor.weight() == null) {
      return inForm(constant(manager, tensor.constant()), tensor.form());
    }
    return weights
        .computeIfAbsent(tensor.weight(), any -> new EnumMap<>(Script.Form.class))
        .computeIfAbsent(tensor.form(), form -> inForm(array(tensor.weight()), form));
  }

  private IValue inForm(PtNDArray array, Script.Form form) {
    try (IValue value = IValue.from(array)) {
      PtSymbolBlock module =
          forms.computeIfAbsent(form, any -> ScriptArchive.load(manager, form.source()));
      return IValueUtils.forward(module, new IValue[] {value});
    } finally {
      array.close();
    }
  }

  private PtNDArray array(Weight weight) {
    Shape shape = new Shape(weight.shape());
    return (PtNDArray)
        (weight.dataType().floating()
            ? manager.create(FloatBuffer.wrap(weight.toFloats()), shape)
            : manager.create(weight.data(), shape, DataType.INT64));
  }

  /** A constant as an array, one number for one that repeats it. */
  static PtNDArray constant(PtNDManager manager, Value value) {
    if (value.constant().fill() == null) {
      return manager.create(value.constantBytes(), new Shape(value.shape()), value.type());
    }
    NDArray number = manager.create(value.constant().fill().doubleValue());
    return (PtNDArray) number.toType(value.type(), false);
  }

  private MaestroException failed(EngineException e) {
    return new MaestroException(
        MaestroException.Kind.INTERNAL,
        source.name(),
        "the network failed in TorchScript (" + e.getMessage() + ")",
        "run it with --engine pytorch, and report this",
        e);
  }

  @Override
  public String engine() {
    return (half ? ScriptEngine.NAME : ScriptEngine.SINGLE) + " on " + device;
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(Compiled::close);
    modules.clear();
    weights.values().forEach(forms -> forms.values().forEach(IValue::close));
    weights.clear();
    manager.close();
    closed = true;
  }
}
