package maestro.embedding.stylenetwork;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.metric.AudioEmbedding;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.networks.PackNetworks;
import maestro.networks.StyleNetwork;
import maestro.networks.StyleSize;
import maestro.signal.LogMel;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import org.osgi.service.component.annotations.Deactivate;

/**
 * An embedding by a style network from the part of the run's pack that has the plugin's name: one
 * for each piece, side by side. It names no classes. A last piece that is not full is dropped
 * unless it is the only one; that one is filled up with its last frame.
 */
abstract class PackEmbedding implements AudioEmbedding {
  private final String name;
  private final LogMel frontEnd = new LogMel();
  private final PackNetworks<Opened> networks;

  /** A network with its size. */
  record Opened(Network network, StyleSize size) implements AutoCloseable {
    @Override
    public void close() {
      network.close();
    }
  }

  PackEmbedding(String name, NetworkEngine engine) {
    this.name = name;
    networks =
        new PackNetworks<>(
            name,
            "a part that 'maestro train run' makes, as in the pack starter",
            "maestro train pack RUN --name NAME",
            (part, weights, device) -> {
              StyleSize size = StyleSize.of(part.architecture());
              if (size.width() != StyleSize.DEFAULT.width()) {
                throw new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    name,
                    "the pack's network is " + size.width() + " wide",
                    "train one of width " + StyleSize.DEFAULT.width());
              }
              return new Opened(engine.open(source(name, size, weights), device), size);
            });
  }

  static NetworkSource source(String name, StyleSize size, Map<String, Weight> weights) {
    return new NetworkSource(
        name,
        () -> new StyleNetwork(size),
        List.of(NetworkInput.of("piece", 1, 1, size.frames(), StyleNetwork.BANDS)),
        List.of("embedding"),
        weights);
  }

  @Override
  public final int width() {
    return StyleSize.DEFAULT.width();
  }

  @Override
  public final int classes() {
    return 0;
  }

  @Override
  public final Heard hear(Sound sound, RunContext run) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, name, "the sound is empty", "leave it out");
    }
    Mel mel = frontEnd.mel(sound);
    return networks.use(run, opened -> new Heard(embed(opened, mel), new float[0]));
  }

  private static float[][] embed(Opened opened, Mel mel) {
    int frames = opened.size().frames();
    int bands = StyleNetwork.BANDS;
    float[][] embeddings = new float[Math.max(1, mel.frames() / frames)][];
    for (int n = 0; n < embeddings.length; n++) {
      int from = n * frames;
      int there = Math.min(frames, mel.frames() - from);
      float[] piece = Arrays.copyOfRange(mel.values(), from * bands, (from + frames) * bands);
      for (int t = there; t < frames; t++) {
        System.arraycopy(piece, (there - 1) * bands, piece, t * bands, bands);
      }
      FloatTensor input = FloatTensor.of(piece, 1, 1, frames, bands);
      embeddings[n] =
          opened.network().run(Map.of("piece", input)).get("embedding").values().clone();
    }
    return embeddings;
  }

  /** Gives the weights back. */
  @Deactivate
  public final void close() {
    networks.close();
  }
}
