package maestro.encoder.wecl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/** CTEN's two networks, ready to run: one for single segments, one for the film as a whole. */
final class WeclNetworks implements AutoCloseable {
  static final String SEGMENT = "segment";
  static final String SEGMENTS = "segments";
  static final String SOUND = "sound";
  static final String FEATURE = "feature";

  /** Width and height of the pictures. */
  static final int SIDE = 112;

  private final EmotionSize size;
  private final Network trunk;
  private final Network emotions;

  private WeclNetworks(EmotionSize size, Network trunk, Network emotions) {
    this.size = size;
    this.trunk = trunk;
    this.emotions = emotions;
  }

  /** Opens either variant; {@code module.} before every name is taken off. */
  static WeclNetworks open(NetworkEngine engine, Map<String, Weight> weights, Device device) {
    Map<String, Weight> named = WeightNames.withoutModule(weights);
    EmotionSize size = EmotionSize.of(named);
    Network trunk = engine.open(trunk(size, named), device);
    try {
      return new WeclNetworks(size, trunk, engine.open(emotions(size, named), device));
    } catch (RuntimeException e) {
      trunk.close();
      throw e;
    }
  }

  static NetworkSource trunk(EmotionSize size, Map<String, Weight> weights) {
    return new NetworkSource(
        WeclEncoder.NAME,
        () -> new SegmentNetwork(size.stem()),
        List.of(NetworkInput.of(SEGMENT, 1, 3, Segments.FRAMES, SIDE, SIDE)),
        List.of(FEATURE),
        weights);
  }

  static NetworkSource emotions(EmotionSize size, Map<String, Weight> weights) {
    List<NetworkInput> inputs = new ArrayList<>();
    inputs.add(NetworkInput.of(SEGMENTS, 1, size.segments(), size.seenWidth()));
    if (size.hears()) {
      inputs.add(
          NetworkInput.of(
              SOUND,
              1,
              (long) size.segments() * EmotionNetwork.SOUND_FRAMES,
              EmotionNetwork.SOUND_BANDS));
    }
    return new NetworkSource(
        WeclEncoder.NAME, () -> new EmotionNetwork(size), inputs, EmotionNetwork.OUTPUTS, weights);
  }

  EmotionSize size() {
    return size;
  }

  /** Feature [2048] of one segment [3, 16, 112, 112] of values 0 … 255. */
  float[] see(float[] segment) {
    FloatTensor tensor = FloatTensor.of(segment, 1, 3, Segments.FRAMES, SIDE, SIDE);
    return trunk.run(Map.of(SEGMENT, tensor)).get(FEATURE).values();
  }

  /**
   * The outputs of {@link EmotionNetwork}.
   *
   * @param features [S, 2048]
   * @param sound filter banks [100·S, 128]; not looked at by the variant that only sees
   */
  Map<String, FloatTensor> feel(float[] features, float[] sound) {
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    inputs.put(SEGMENTS, FloatTensor.of(features, 1, size.segments(), size.seenWidth()));
    if (size.hears()) {
      inputs.put(
          SOUND,
          FloatTensor.of(
              sound,
              1,
              (long) size.segments() * EmotionNetwork.SOUND_FRAMES,
              EmotionNetwork.SOUND_BANDS));
    }
    return emotions.run(inputs);
  }

  @Override
  public void close() {
    try (emotions) {
      trunk.close();
    }
  }
}
