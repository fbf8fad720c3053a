package maestro.vocoder.hifigan;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.RunContext;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/**
 * The generator of a pack, ready to run: {@code mel [B, bands, T]} to {@code waveform [B, 1, S]}.
 *
 * <p>Part {@code vocoder.hifigan}, with {@code bands, channels, rates, kernels, residualKernels,
 * dilations, slope}; numbers left out are those of AudioLDM's vocoder.
 */
record HifiGanNetwork(HifiGanConfig config, Network network) implements AutoCloseable {
  static HifiGanNetwork open(NetworkEngine engine, PackPart part, RunContext run) {
    return new HifiGanNetwork(config(part), engine.open(source(part), run.device()));
  }

  /** The generator with the weights of a part. */
  static NetworkSource source(PackPart part) {
    HifiGanConfig config = config(part);
    try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
      return new NetworkSource(
          HifiGanVocoder.NAME,
          () -> new HifiGan(config),
          List.of(NetworkInput.of("mel", -1, config.bands(), -1)),
          List.of("waveform"),
          checkpoint.weights());
    }
  }

  /** The part of a run's pack. */
  static PackPart part(RunContext run) {
    return part(run.pack().orElseThrow(() -> refused("the recipe names no model pack", null)));
  }

  /** The part of a pack. */
  static PackPart part(ModelPack pack) {
    return pack.part(HifiGanVocoder.NAME)
        .filter(part -> part.weights() != null)
        .orElseThrow(
            () -> refused("the pack " + pack.name() + " has no weights for this vocoder", null));
  }

  private static HifiGanConfig config(PackPart part) {
    return config(part.architecture());
  }

  /** The generator that an architecture says. */
  static HifiGanConfig config(Map<String, Object> architecture) {
    try {
      return HifiGanConfig.of(architecture);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw refused("its description in the model pack cannot be used (" + e.getMessage() + ")", e);
    }
  }

  private static MaestroException refused(String cause, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        HifiGanVocoder.NAME,
        cause,
        "use a pack that has its weights ('maestro packs list'), or vocoder.griffin-lim, which needs none",
        underlying);
  }

  @Override
  public void close() {
    network.close();
  }
}
