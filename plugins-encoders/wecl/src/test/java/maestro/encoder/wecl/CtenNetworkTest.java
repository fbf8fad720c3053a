package maestro.encoder.wecl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.nn.Block;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;
import org.junit.jupiter.api.Test;

/** Numbers made with the reference's own classes at full width, weights filled by rule. */
class CtenNetworkTest {
  private static final NetworkEngine TORCH = new TorchEngine(Engine.getEngine("PyTorch"));
  private static final NetworkEngine SCRIPT = new ScriptEngine(Engine.getEngine("PyTorch"), false);
  private static final NetworkEngine ONNX = new OnnxEngine(0);
  private static final EmotionSize TWO_SEGMENTS = new EmotionSize(8, 2, SegmentNetwork.STEM, 2048);
  private static final EmotionSize SEEING = new EmotionSize(8, 16, SegmentNetwork.STEM, 0);
  private static final int[] FEATURE = {0, 1, 2, 1365, 2048, 2730, 4095};
  private static final int[] LOGITS = {0, 1, 2, 4, 5, 7};

  @Test
  void aNarrowerNetworkIsMadeAsItsWeightsSay() {
    EmotionSize size = new EmotionSize(8, 16, 4, 0);
    Map<String, Weight> narrow = new LinkedHashMap<>(filled(new SegmentNetwork(4), ""));
    narrow.putAll(filled(new EmotionNetwork(size), ""));
    assertThat(EmotionSize.of(narrow)).isEqualTo(size);
    assertThat(narrow.get("fc.weight").shape()).containsExactly(8, 128);
    BlockParameters.byName(WeclNetworks.trunk(size, narrow).block().get())
        .forEach(
            (name, parameter) ->
                assertThat(parameter.getShape().getShape())
                    .as(name)
                    .isEqualTo(narrow.get(name).shape()));
  }

  @Test
  void pytorchGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(TORCH);
  }

  @Test
  void torchScriptGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(SCRIPT);
  }

  @Test
  void theCompiledGraphGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(ONNX);
  }

  private static void givesTheReferencesNumbers(NetworkEngine engine) {
    float[] clip = FillRule.random("input:clip", 2 * 3 * 16 * 112 * 112);
    for (int i = 0; i < clip.length; i++) {
      clip[i] = 127.5f * clip[i] + 127.5f;
    }
    // One segment after the other, as the encoder does it.
    float[] features = new float[2 * TWO_SEGMENTS.seenWidth()];
    int segment = clip.length / 2;
    try (Network network =
        engine.open(
            WeclNetworks.trunk(TWO_SEGMENTS, filled(new SegmentNetwork(), "")), Device.CPU)) {
      for (int i = 0; i < 2; i++) {
        float[] values = Arrays.copyOfRange(clip, i * segment, (i + 1) * segment);
        float[] feature =
            network
                .run(Map.of("segment", FloatTensor.of(values, 1, 3, 16, 112, 112)))
                .get("feature")
                .values();
        System.arraycopy(feature, 0, features, i * TWO_SEGMENTS.seenWidth(), feature.length);
      }
    }
    assertThat(mean(features)).isCloseTo(.7491525, within(1e-3));
    assertValues(
        features, FEATURE, .566242, 1.539696, .5237896, .8632855, .5597605, .5397924, .2374761);
    FloatTensor seen = FloatTensor.of(features, 1, 2, TWO_SEGMENTS.seenWidth());
    assertValues(
        layer(engine, () -> new NonLocal(2048), "nl.0.", seen).values(),
        FEATURE,
        2.272942,
        -1.637007,
        -.6321309,
        .9112304,
        2.272908,
        -.6525756,
        1.144332);

    FloatTensor banks = FloatTensor.of(FillRule.random("input:fbank", 200 * 128), 1, 200, 128);
    Map<String, Weight> plain = filled(new EmotionNetwork(TWO_SEGMENTS), "");
    Map<String, FloatTensor> out = emotions(engine, TWO_SEGMENTS, plain, seen, banks);
    assertThat(out.get("attention").values()).containsOnly(0);
    assertValues(
        out.get("logits").values(),
        LOGITS,
        .02738837,
        .01759216,
        -.04563336,
        -.01079136,
        -.02317345,
        .04958673);

    Map<String, Weight> attentive = new LinkedHashMap<>(plain);
    attentive.put(
        "ta_net.fc.bias", Weight.of("ta_net.fc.bias", FloatTensor.of(new float[] {1, 1}, 2)));
    out = emotions(engine, TWO_SEGMENTS, attentive, seen, banks);
    assertValues(out.get("attention").values(), new int[] {0, 1}, .8913, .7190);
    assertValues(
        out.get("logits").values(),
        LOGITS,
        .7783528,
        .8016739,
        -.2724865,
        -1.389055,
        -.2965255,
        .4384581);
    float[] bySegment = out.get("segmentLogits").values();
    for (int i = 0; i < 8; i++) {
      assertThat((bySegment[i] + bySegment[8 + i]) / 2)
          .isCloseTo(out.get("logits").values()[i], within(1e-4f));
    }
  }

  @Test
  void theVariantIsKnownByItsSoundTrunk() {
    Map<String, Weight> both = filled(new EmotionNetwork(TWO_SEGMENTS), "");
    both.putAll(filled(new SegmentNetwork(), ""));
    assertThat(EmotionSize.of(both)).isEqualTo(TWO_SEGMENTS);
    Map<String, Weight> seeing = filled(new EmotionNetwork(SEEING), "");
    seeing.putAll(filled(new SegmentNetwork(), ""));
    assertThat(EmotionSize.of(seeing)).isEqualTo(SEEING);
    assertThatThrownBy(() -> EmotionSize.of(Map.of())).hasMessageStartingWith("encoder.wecl: ");
  }

  @Test
  void theModelHasTheReferencesParameters() {
    long count = 0;
    for (Block block : List.of(new SegmentNetwork(), new EmotionNetwork(TWO_SEGMENTS))) {
      for (var entry : BlockParameters.byName(block).entrySet()) {
        if (!entry.getKey().contains("running_")) {
          count += entry.getValue().getShape().size();
        }
      }
    }
    assertThat(count).isEqualTo(135_283_218);
  }

  private static Map<String, FloatTensor> emotions(
      NetworkEngine engine,
      EmotionSize size,
      Map<String, Weight> weights,
      FloatTensor seen,
      FloatTensor banks) {
    NetworkSource source = WeclNetworks.emotions(size, weights);
    try (Network network = engine.open(source, Device.CPU)) {
      return network.run(Map.of("segments", seen, "sound", banks));
    }
  }

  private static FloatTensor layer(
      NetworkEngine engine, Supplier<Block> block, String prefix, FloatTensor input) {
    NetworkSource source =
        new NetworkSource(
            "layer",
            block,
            List.of(NetworkInput.of("in", input.shape())),
            List.of("out"),
            filled(block.get(), prefix));
    try (Network network = engine.open(source, Device.CPU)) {
      return network.run(Map.of("in", input)).get("out");
    }
  }

  /** Filled one tensor at a time: with all at once the heap would be too small. */
  static Map<String, Weight> filled(Block block, String prefix) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(block)
        .forEach(
            (name, parameter) ->
                weights.put(
                    name,
                    FillRule.weight(prefix + name, parameter.getShape().getShape()).named(name)));
    return weights;
  }

  private static void assertValues(float[] values, int[] at, double... expected) {
    for (int i = 0; i < at.length; i++) {
      assertThat((double) values[at[i]])
          .as("value " + at[i])
          .isCloseTo(expected[i], within(1e-3 + 1e-3 * Math.abs(expected[i])));
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
