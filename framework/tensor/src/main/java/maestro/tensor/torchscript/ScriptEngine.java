package maestro.tensor.torchscript;

import ai.djl.engine.Engine;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;

/** Compiles networks to TorchScript and runs them with PyTorch. */
public final class ScriptEngine implements NetworkEngine {
  /** Name a setting or the command line uses, for products in bfloat16. */
  public static final String NAME = "torchscript";

  /** Name of the same in single precision throughout. */
  public static final String SINGLE = "torchscript-float32";

  private final Engine engine;
  private final boolean half;
  private final DeviceChoice devices = new DeviceChoice();

  /**
   * An engine.
   *
   * @param half whether networks compute in bfloat16 where that does no harm, else in single
   *     precision
   */
  public ScriptEngine(Engine engine, boolean half) {
    this.engine = engine;
    this.half = half;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    ScriptNetwork network = new ScriptNetwork(source, engine, device, half, devices);
    if (source.inputs().stream().allMatch(NetworkInput::fixed)) {
      network.prepare();
    }
    return network;
  }

  @Override
  public NetworkEngine named(String name) {
    if (name.isEmpty() || name.equals(half ? NAME : SINGLE)) {
      return this;
    }
    throw new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "engine",
        "there is no '" + name + "' here",
        "use " + (half ? NAME : SINGLE));
  }
}
