package maestro.tensor.torch;

import ai.djl.engine.Engine;
import maestro.api.run.Device;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;

/** Runs networks as they are written, by DJL with PyTorch. */
public final class TorchEngine implements NetworkEngine {
  private final Engine engine;

  /** Runs networks on DJL's PyTorch engine. */
  public TorchEngine(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    return new TorchNetwork(source, engine);
  }
}
