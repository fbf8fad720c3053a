package maestro.tensor.torch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;

/** A block with its weights in arrays of DJL's engine, run eagerly. */
final class TorchNetwork implements Network {
  private final NetworkSource source;
  private final NDManager manager;
  private final Device device;
  private Block block;

  TorchNetwork(NetworkSource source, Engine engine, Device wanted, DeviceChoice devices) {
    this.source = source;
    device =
        devices.of(
            wanted, () -> engine.getGpuCount() > wanted.index() ? "" : "PyTorch does not find it");
    boolean cuda = device.kind() == Device.Kind.CUDA;
    manager = engine.newBaseManager(cuda ? ai.djl.Device.gpu(wanted.index()) : ai.djl.Device.cpu());
  }

  @Override
  public synchronized Map<String, FloatTensor> run(Map<String, FloatTensor> inputs) {
    source.shapesOf(inputs);
    try (NDManager scope = manager.newSubManager()) {
      NDList arrays = new NDList();
      for (NetworkInput input : source.inputs()) {
        FloatTensor tensor = inputs.get(input.name());
        NDArray array = scope.create(FloatBuffer.wrap(tensor.values()), new Shape(tensor.shape()));
        array =
            input.type() == NetworkInput.Type.INDEX ? array.toType(DataType.INT64, false) : array;
        array.setName(input.name());
        arrays.add(array);
      }
      if (block == null) {
        block = filled(arrays.getShapes());
      }
      NDList outputs = block.forward(new ParameterStore(scope, false), arrays, false);
      Map<String, FloatTensor> named = new LinkedHashMap<>();
      for (int i = 0; i < source.outputs().size(); i++) {
        NDArray output = outputs.get(i);
        named.put(
            source.outputs().get(i),
            new FloatTensor(
                output.getShape().getShape(),
                output.toType(DataType.FLOAT32, false).toFloatArray()));
      }
      return named;
    }
  }

  private Block filled(Shape[] inputs) {
    Block fresh = source.block().get();
    fresh.initialize(manager, DataType.FLOAT32, inputs);
    BlockParameters.byName(fresh).forEach(this::fill);
    return fresh;
  }

  private void fill(String name, Parameter parameter) {
    Weight weight = source.weights().get(name);
    if (weight == null) {
      throw refused("there is no weight '" + name + "'");
    }
    if (!Arrays.equals(weight.shape(), parameter.getShape().getShape())) {
      throw refused(
          "weight '"
              + name
              + "' is "
              + Weight.shapeText(weight.shape())
              + " and the network needs "
              + Weight.shapeText(parameter.getShape().getShape()));
    }
    NDArray array = parameter.getArray();
    array.setRequiresGradient(false);
    array.set(weight.toFloats());
  }

  private MaestroException refused(String cause) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        source.name(),
        cause,
        "use weights made for this architecture");
  }

  @Override
  public String engine() {
    return TorchEngine.NAME + " on " + device;
  }

  @Override
  public synchronized void close() {
    manager.close();
  }
}
