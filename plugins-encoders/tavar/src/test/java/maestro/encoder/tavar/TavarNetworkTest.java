package maestro.encoder.tavar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.nn.Block;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;
import org.junit.jupiter.api.Test;

/** Numbers made with the published model's own classes at full size, weights filled by rule. */
class TavarNetworkTest {
  private static final NetworkEngine TORCH = new TorchEngine(Engine.getEngine("PyTorch"));
  private static final NetworkEngine SCRIPT = new ScriptEngine(Engine.getEngine("PyTorch"), false);
  private static final NetworkEngine ONNX = new OnnxEngine(0);
  private static final int[] THEME_LOGITS = {0, 1, 2, 4, 6, 8, 11};
  private static final int[] FEATURE = {0, 1, 2, 170, 256, 341, 511};

  @Test
  void aNarrowerNetworkIsMadeAsItsWeightsSay() {
    Map<String, Weight> narrow = filled(new FrameNetwork(4));
    assertThat(narrow.get("ScenceNet.layer4.2.conv3.weight").shape())
        .containsExactly(128, 32, 1, 1);
    BlockParameters.byName(TavarNetworks.frames(narrow, 1, 32).block().get())
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
    FloatTensor pictures =
        FloatTensor.of(FillRule.random("input:tavar", 2 * 3 * 214 * 214), 2, 3, 214, 214);
    Map<String, FloatTensor> seen;
    try (Network network = engine.open(frames(2, 214), Device.CPU)) {
      seen = network.run(Map.of("pictures", pictures));
    }
    assertValues(
        seen.get("theme"),
        THEME_LOGITS,
        -.9010431,
        -.5012971,
        -.4262314,
        .2516071,
        -.8547037,
        -.4167411,
        -.9421968);
    assertValues(
        seen.get("attributes"),
        THEME_LOGITS,
        .5393812,
        1.573932,
        .1343018,
        -.9328988,
        .5254462,
        .1750626,
        -.7208056);
    assertValues(
        seen.get("aesthetics"),
        FEATURE,
        .9825416,
        .4941272,
        -.1615898,
        .9102968,
        .9289412,
        -.3877231,
        .01380191);
    assertValues(
        node(seen.get("nodes"), 6),
        FEATURE,
        .6831906,
        -.6869451,
        .6587432,
        -1.288253,
        .7084962,
        -.8106865,
        -.2903461);
    assertValues(
        node(seen.get("nodes"), 0),
        FEATURE,
        1.233289,
        -.830173,
        -.3158122,
        .334142,
        1.1351,
        -2.053162,
        -1.802787);
    try (Network network = engine.open(reasoning(2), Device.CPU)) {
      FloatTensor score =
          network
              .run(Map.of("nodes", seen.get("nodes"), "aesthetics", seen.get("aesthetics")))
              .get("score");
      assertValues(score, new int[] {0, 1}, -.09028175, -.09114422);
    }
  }

  @Test
  void theThemeStillReachesTheScoreThroughTheAttributes() {
    try (Network network = ONNX.open(reasoning(1), Device.CPU)) {
      float[] nodes = FillRule.random("input:nodes", 7 * 256);
      FloatTensor general = FloatTensor.of(FillRule.random("input:general", 256), 1, 256);
      float first = score(network, nodes, general);
      Arrays.fill(nodes, 6 * 256, 7 * 256, 3);
      assertThat(score(network, nodes, general)).isNotCloseTo(first, within(1e-5f));
    }
  }

  @Test
  void everyRowOfTheGraphSumsToOne() {
    float[] graph = BilevelReasoning.adjacency();
    for (int row = 0; row < 7; row++) {
      float sum = 0;
      for (int column = 0; column < 7; column++) {
        sum += graph[row * 7 + column];
      }
      assertThat(sum).isCloseTo(1, within(1e-6f));
      assertThat(graph[row * 8]).as("no node listens to itself").isZero();
    }
    assertThat(graph[6]).isEqualTo(1 / 3f);
    assertThat(graph[42]).isEqualTo(1 / 6f);
  }

  @Test
  void bothNetworksTogetherHaveThePublishedParameters() {
    long count = 0;
    for (Block block : List.of(new FrameNetwork(), new BilevelReasoning())) {
      for (var entry : BlockParameters.byName(block).entrySet()) {
        if (!entry.getKey().contains("running_")) {
          count += entry.getValue().getShape().size();
        }
      }
    }
    assertThat(count).isEqualTo(83_853_474);
  }

  private static float score(Network network, float[] nodes, FloatTensor general) {
    return network
        .run(Map.of("nodes", FloatTensor.of(nodes, 1, 7, 256), "aesthetics", general))
        .get("score")
        .values()[0];
  }

  private static NetworkSource frames(int batch, int side) {
    return TavarNetworks.frames(filled(new FrameNetwork()), batch, side);
  }

  private static NetworkSource reasoning(int batch) {
    return TavarNetworks.reasoning(filled(new BilevelReasoning()), batch);
  }

  /** Filled one tensor at a time: with all at once the heap would be too small. */
  static Map<String, Weight> filled(Block block) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(block)
        .forEach(
            (name, parameter) ->
                weights.put(name, FillRule.weight(name, parameter.getShape().getShape())));
    return weights;
  }

  private static FloatTensor node(FloatTensor nodes, int index) {
    float[] values = new float[2 * 256];
    for (int row = 0; row < 2; row++) {
      System.arraycopy(nodes.values(), (row * 7 + index) * 256, values, row * 256, 256);
    }
    return FloatTensor.of(values, 2, 256);
  }

  private static void assertValues(FloatTensor tensor, int[] at, double... expected) {
    for (int i = 0; i < at.length; i++) {
      assertThat((double) tensor.values()[at[i]])
          .as("value " + at[i])
          .isCloseTo(expected[i], within(1e-4 + 1e-3 * Math.abs(expected[i])));
    }
  }
}
