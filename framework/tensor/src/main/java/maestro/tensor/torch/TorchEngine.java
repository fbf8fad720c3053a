package maestro.tensor.torch;

import ai.djl.engine.Engine;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;

/** Runs networks as they are written, by DJL with PyTorch. */
public final class TorchEngine implements NetworkEngine {
  /** Name a setting or the command line uses. */
  public static final String NAME = "pytorch";

  private final Engine engine;
  private final DeviceChoice devices = new DeviceChoice();

  /** Runs networks on DJL's PyTorch engine. */
  public TorchEngine(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    return new TorchNetwork(source, engine, device, devices);
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
