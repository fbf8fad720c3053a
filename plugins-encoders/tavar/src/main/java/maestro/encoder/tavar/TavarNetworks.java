package maestro.encoder.tavar;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.networks.ResNet50;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/** TAVAR's two networks, ready to run: one for batches of frames, one that reasons over a graph. */
final class TavarNetworks implements AutoCloseable {
  static final String PICTURES = "pictures";
  static final String NODES = "nodes";
  static final String AESTHETICS = "aesthetics";

  private final int batch;
  private final int side;
  private final Network frames;
  private final Network reasoning;

  private TavarNetworks(int batch, int side, Network frames, Network reasoning) {
    this.batch = batch;
    this.side = side;
    this.frames = frames;
    this.reasoning = reasoning;
  }

  static TavarNetworks open(
      NetworkEngine engine, Map<String, Weight> weights, int batch, int side, Device device) {
    Map<String, Weight> named = WeightNames.withoutModule(weights);
    if (!named.containsKey("GCNNet.fc1.weight")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          TavarEncoder.NAME,
          "the weights hold no TAVAR model: GCNNet.fc1.weight is missing",
          "give the pack TAVAR_weight.pt, which TAVAR's authors publish");
    }
    Network frames = engine.open(frames(named, batch, side), device);
    try {
      return new TavarNetworks(batch, side, frames, engine.open(reasoning(named, 1), device));
    } catch (RuntimeException e) {
      frames.close();
      throw e;
    }
  }

  static NetworkSource frames(Map<String, Weight> weights, int batch, int side) {
    Weight first = weights.get("ScenceNet.conv1.weight");
    int stem = first == null ? ResNet50.STEM : (int) first.shape()[0];
    return new NetworkSource(
        TavarEncoder.NAME,
        () -> new FrameNetwork(stem),
        List.of(NetworkInput.of(PICTURES, batch, 3, side, side)),
        FrameNetwork.OUTPUTS,
        weights);
  }

  static NetworkSource reasoning(Map<String, Weight> weights, int batch) {
    return new NetworkSource(
        TavarEncoder.NAME,
        BilevelReasoning::new,
        List.of(
            NetworkInput.of(NODES, batch, BilevelReasoning.NODES, FrameNetwork.FEATURE),
            NetworkInput.of(AESTHETICS, batch, FrameNetwork.FEATURE)),
        BilevelReasoning.OUTPUTS,
        weights);
  }

  /** Pictures that one call takes. */
  int batch() {
    return batch;
  }

  /** The network's outputs for a batch of normalised pictures [batch, 3, side, side]. */
  Map<String, FloatTensor> see(float[] pictures) {
    return frames.run(Map.of(PICTURES, FloatTensor.of(pictures, batch, 3, side, side)));
  }

  /**
   * The aesthetic score of one set of features, at least 0: the published model cuts it there.
   *
   * @param nodes [7, 256]
   * @param aesthetics [256]
   */
  float score(float[] nodes, float[] aesthetics) {
    Map<String, FloatTensor> inputs =
        Map.of(
            NODES,
            FloatTensor.of(nodes, 1, BilevelReasoning.NODES, FrameNetwork.FEATURE),
            AESTHETICS,
            FloatTensor.of(aesthetics, 1, FrameNetwork.FEATURE));
    return Math.max(0, reasoning.run(inputs).get("score").values()[0]);
  }

  @Override
  public void close() {
    try (reasoning) {
      frames.close();
    }
  }
}
