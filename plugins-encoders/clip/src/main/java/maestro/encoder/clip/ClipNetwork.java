package maestro.encoder.clip;

import java.util.List;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/** An image tower ready to run on batches of one size. */
final class ClipNetwork implements AutoCloseable {
  static final String INPUT = "pictures";
  static final String OUTPUT = "embeddings";

  private final VisionSize size;
  private final int batch;
  private final Network network;

  private ClipNetwork(VisionSize size, int batch, Network network) {
    this.size = size;
    this.batch = batch;
    this.network = network;
  }

  /** Opens a tower from weights by OpenAI's or transformers' names. */
  static ClipNetwork open(
      NetworkEngine engine, Map<String, Weight> weights, int batch, Device device) {
    NetworkSource source = source(weights, batch);
    return new ClipNetwork(VisionSize.of(source.weights()), batch, engine.open(source, device));
  }

  static NetworkSource source(Map<String, Weight> weights, int batch) {
    Map<String, Weight> named = named(weights);
    VisionSize size = VisionSize.of(named);
    return new NetworkSource(
        "encoder.clip",
        () -> new VisionTower(size),
        List.of(NetworkInput.of(INPUT, batch, 3, size.resolution(), size.resolution())),
        List.of(OUTPUT),
        named);
  }

  /** The tower's weights by the names of {@link VisionTower}, from a file of either naming. */
  static Map<String, Weight> named(Map<String, Weight> weights) {
    return WeightNames.under(ClipNames.toOpenAi(weights), "visual.");
  }

  VisionSize size() {
    return size;
  }

  /** Pictures that one call takes. */
  int batch() {
    return batch;
  }

  /**
   * Embeds a batch of normalised pictures.
   *
   * @param pictures [batch, 3, R, R]
   * @return [batch, output]
   */
  float[] embed(float[] pictures) {
    FloatTensor tensor = FloatTensor.of(pictures, batch, 3, size.resolution(), size.resolution());
    return network.run(Map.of(INPUT, tensor)).get(OUTPUT).values();
  }

  @Override
  public void close() {
    network.close();
  }
}
