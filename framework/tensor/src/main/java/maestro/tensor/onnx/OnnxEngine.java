package maestro.tensor.onnx;

import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;

/** Compiles networks to ONNX graphs and runs them with ONNX Runtime. */
public final class OnnxEngine implements NetworkEngine {
  /** Name a setting or the command line uses. */
  public static final String NAME = "onnx";

  private final int threads;
  private final boolean half;
  private final DeviceChoice devices;

  /**
   * An engine.
   *
   * @param threads threads of one network, 0 for one per processor core
   */
  public OnnxEngine(int threads) {
    this(threads, false);
  }

  /**
   * An engine.
   *
   * @param half whether to compute in half precision on a CUDA device
   */
  public OnnxEngine(int threads, boolean half) {
    this(threads, half, new DeviceChoice());
  }

  OnnxEngine(int threads, boolean half, DeviceChoice devices) {
    this.threads = threads == 0 ? Cores.usable() : threads;
    this.half = half;
    this.devices = devices;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    OnnxNetwork network = new OnnxNetwork(source, device, threads, half, devices);
    if (source.inputs().stream().allMatch(NetworkInput::fixed)) {
      network.prepare();
    }
    return network;
  }

  @Override
  public NetworkEngine named(String engine) {
    if (engine.isEmpty() || engine.equals(NAME)) {
      return this;
    }
    throw new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "engine",
        "there is no '" + engine + "' here",
        "use " + NAME);
  }
}
