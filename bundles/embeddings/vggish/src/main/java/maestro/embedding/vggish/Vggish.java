package maestro.embedding.vggish;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.metric.AudioEmbedding;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.networks.PackNetworks;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * VGGish as the Fréchet audio distance uses it (Kilgour et al. 2019): 128 numbers for each 0.96 s,
 * without the principal components and the quantisation of AudioSet's release.
 *
 * <p>Weights: {@code vggish-10086976.pth} of harritaylor/torchvggish, as pack part {@code
 * embedding.vggish}.
 */
@Component
@Plugin(name = Vggish.NAME, paper = "4.2.1", weights = Vggish.NAME, formerly = "metric.vggish")
public final class Vggish implements AudioEmbedding {
  static final String NAME = "embedding.vggish";

  /** Patches of a call: two calls for ten seconds. */
  private static final int BATCH = 5;

  private final PackNetworks<Network> networks;

  /** Made by Declarative Services. */
  @Activate
  public Vggish(@Reference NetworkEngine engine) {
    networks =
        new PackNetworks<>(
            NAME,
            "vggish-10086976.pth of harritaylor/torchvggish",
            "maestro packs assemble paper --add --vggish FILE",
            (part, weights, device) -> engine.open(source(weights), device));
  }

  static NetworkSource source(Map<String, Weight> weights) {
    return new NetworkSource(
        NAME,
        VggishNetwork::new,
        List.of(NetworkInput.of("patches", BATCH, 1, Patches.FRAMES, Patches.BANDS)),
        List.of("embeddings"),
        weights);
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public int width() {
    return VggishNetwork.WIDTH;
  }

  @Override
  public int classes() {
    return 0;
  }

  @Override
  public Heard hear(Sound sound, RunContext run) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, NAME, "the sound is empty", "leave it out");
    }
    float[] patches = Patches.of(sound);
    return networks.use(run, network -> new Heard(embed(network, patches), new float[0]));
  }

  /** Embeddings of patches, in batches; the rest of the last batch holds nothing. */
  static float[][] embed(Network network, float[] patches) {
    int size = Patches.FRAMES * Patches.BANDS;
    int width = VggishNetwork.WIDTH;
    float[][] embeddings = new float[patches.length / size][];
    for (int from = 0; from < embeddings.length; from += BATCH) {
      int count = Math.min(BATCH, embeddings.length - from);
      float[] batch =
          Arrays.copyOf(
              Arrays.copyOfRange(patches, from * size, (from + count) * size), BATCH * size);
      FloatTensor input = FloatTensor.of(batch, BATCH, 1, Patches.FRAMES, Patches.BANDS);
      float[] output = network.run(Map.of("patches", input)).get("embeddings").values();
      for (int i = 0; i < count; i++) {
        embeddings[from + i] = Arrays.copyOfRange(output, i * width, (i + 1) * width);
      }
    }
    return embeddings;
  }
}
