package maestro.tensor.onnx;

import java.util.Map;
import maestro.api.run.Device;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/** Compiles networks to ONNX graphs and runs them with ONNX Runtime. */
public final class OnnxEngine implements NetworkEngine {
  private final int threads;

  /**
   * An engine.
   *
   * @param threads threads of one network, 0 for one per processor core
   */
  public OnnxEngine(int threads) {
    this.threads = threads;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    OnnxNetwork network = new OnnxNetwork(source, device, threads);
    if (source.inputs().stream().allMatch(NetworkInput::fixed)) {
      network.compile(source.inputs().stream().collect(java.util.stream.Collectors.toMap(NetworkInput::name, NetworkInput::shape)));
    }
    return network;
  }
}
