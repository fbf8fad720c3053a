package maestro.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.nn.Block;
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
import org.junit.jupiter.api.Test;

/** Numbers made with ruc-aimc-lab/laff's own attention classes, weights filled by rule. */
class LaffTest {
  private static final NetworkEngine TORCH = new TorchEngine(Engine.getEngine("PyTorch"));
  private static final NetworkEngine ONNX = new OnnxEngine(0);
  private static final List<String> OUTPUTS = List.of("fused", "shares");
  private static final FloatTensor FEATURES =
      FloatTensor.of(FillRule.random("input:laff", 2 * 3 * 32), 2, 3, 32);

  @Test
  void attentionWithoutAverage() {
    Map<String, FloatTensor> out =
        attend(() -> new FeatureAttention(32, false, true), "laff1.", Map.of());
    float[] fused = out.get("fused").values();
    assertValues(
        fused,
        new int[] {0, 1, 2, 21, 32, 42, 63},
        .2285394,
        .1563168,
        .2172551,
        -.0334364,
        -.07882268,
        -.1632547,
        -.04470288);
    assertThat(mean(fused)).isCloseTo(.01318023, within(1e-5));
    assertValues(
        out.get("shares").values(),
        new int[] {0, 1, 2, 3, 4, 5},
        .5092,
        .2403,
        .2505,
        .2305,
        .2993,
        .4701);
  }

  @Test
  void attentionWithAverage() {
    Map<String, FloatTensor> out =
        attend(
            () -> new FeatureAttention(32, true, true),
            "laff1.",
            Map.of("global_emb_weight_net.weight", FloatTensor.of(new float[] {1}, 1, 1)));
    assertValues(
        out.get("fused").values(),
        new int[] {0, 1, 2, 21, 32, 42, 63},
        .1901349,
        .1315798,
        .2203663,
        .01150987,
        -.138098,
        -.1451489,
        -.03070519);
    assertSumsToOne(out.get("shares"), 3);
  }

  @Test
  void attentionOfFourHeads() {
    Map<String, FloatTensor> out =
        attend(() -> new MultiHeadFeatureAttention(32, 4, false, true), "laffm.", Map.of());
    assertThat(out.get("fused").shape()).containsExactly(2, 4, 8);
    assertValues(
        out.get("fused").values(),
        new int[] {0, 1, 2, 21, 32, 42, 63},
        .229907,
        .2270016,
        .40397,
        .1739215,
        -.2643923,
        -.2579103,
        -.1092355);
    assertSumsToOne(out.get("shares"), 3);
  }

  @Test
  void theOrderOfEncodersOnlyPermutesTheShares() {
    Laff.Form form = new Laff.Form(16, 1, false, true);
    Map<String, FloatTensor> one = fuse(List.of(SEMANTIC, AESTHETIC, EMOTION), form);
    Map<String, FloatTensor> other = fuse(List.of(EMOTION, SEMANTIC, AESTHETIC), form);
    assertThat(other.get("fused").values())
        .containsExactly(one.get("fused").values(), within(1e-6f));
    float[] shares = one.get("shares").values();
    assertThat(other.get("shares").values())
        .containsExactly(new float[] {shares[2], shares[0], shares[1]}, within(1e-6f));
  }

  @Test
  void anyFormGivesOneConditionAndSharesThatSumToOne() {
    for (Laff.Form form :
        List.of(
            new Laff.Form(16, 1, false, true),
            new Laff.Form(16, 4, false, true),
            new Laff.Form(16, 1, true, true),
            new Laff.Form(16, 2, true, false))) {
      for (List<Laff.Branch> branches :
          List.of(List.of(SEMANTIC), List.of(AESTHETIC, EMOTION), List.of(AESTHETIC))) {
        Map<String, FloatTensor> out = fuse(branches, form);
        assertThat(out.get("fused").shape()).containsExactly(1, 16);
        assertSumsToOne(out.get("shares"), branches.size());
        if (form.normalise()) {
          double square = 0;
          for (float value : out.get("fused").values()) {
            square += value * value;
          }
          assertThat(square).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void namesOfTheParametersAreThoseOfAPack() {
    assertThat(
            BlockParameters.byName(new Laff(List.of(SEMANTIC, AESTHETIC, EMOTION), Laff.Form.PAPER))
                .keySet())
        .containsExactlyInAnyOrder(
            "film_encoder.aesthetic_embed.weight",
            "film_encoder.aesthetic_embed.bias",
            "film_encoder.emotion_embed.weight",
            "film_encoder.emotion_embed.bias",
            "film_encoder.laff.transform.semantic.fc1.weight",
            "film_encoder.laff.transform.semantic.fc1.bias",
            "film_encoder.laff.transform.aesthetic.fc1.weight",
            "film_encoder.laff.transform.aesthetic.fc1.bias",
            "film_encoder.laff.transform.emotion.fc1.weight",
            "film_encoder.laff.transform.emotion.fc1.bias",
            "film_encoder.laff.attention_layer.embedding_common.0.weight",
            "film_encoder.laff.attention_layer.embedding_common.0.bias");
  }

  @Test
  void refusesHeadsThatDoNotDivideTheWidth() {
    assertThatThrownBy(() -> new MultiHeadFeatureAttention(32, 5, false, true))
        .hasMessageContaining("width 32 does not split into 5 heads");
  }

  private static final Laff.Branch SEMANTIC = new Laff.Branch("semantic", 16, false);
  private static final Laff.Branch AESTHETIC = new Laff.Branch("aesthetic", 1, true);
  private static final Laff.Branch EMOTION = new Laff.Branch("emotion", 8, true);

  private static Map<String, FloatTensor> fuse(List<Laff.Branch> branches, Laff.Form form) {
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    for (Laff.Branch branch : branches) {
      inputs.put(
          branch.name(),
          FloatTensor.of(
              FillRule.random("input:" + branch.name(), branch.width()), 1, branch.width()));
    }
    return run(() -> new Laff(branches, form), "", Map.of(), inputs);
  }

  private static Map<String, FloatTensor> attend(
      Supplier<Block> block, String prefix, Map<String, FloatTensor> given) {
    return run(block, prefix, given, Map.of("features", FEATURES));
  }

  private static Map<String, FloatTensor> run(
      Supplier<Block> block,
      String prefix,
      Map<String, FloatTensor> given,
      Map<String, FloatTensor> inputs) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(block.get())
        .forEach(
            (name, parameter) -> {
              FloatTensor filled = FillRule.tensor(prefix + name, parameter.getShape().getShape());
              weights.put(name, Weight.of(name, given.getOrDefault(name, filled)));
            });
    List<NetworkInput> declared =
        inputs.entrySet().stream()
            .map(input -> NetworkInput.of(input.getKey(), input.getValue().shape()))
            .toList();
    NetworkSource source = new NetworkSource("laff", block, declared, OUTPUTS, weights);
    Map<String, FloatTensor> compiled = run(ONNX, source, inputs);
    run(TORCH, source, inputs)
        .forEach(
            (name, tensor) ->
                assertThat(compiled.get(name).values())
                    .as(name + " of both engines")
                    .containsExactly(tensor.values(), within(1e-5f)));
    return compiled;
  }

  private static Map<String, FloatTensor> run(
      NetworkEngine engine, NetworkSource source, Map<String, FloatTensor> inputs) {
    try (Network network = engine.open(source, Device.CPU)) {
      return network.run(inputs);
    }
  }

  private static void assertValues(float[] values, int[] at, double... expected) {
    for (int i = 0; i < at.length; i++) {
      assertThat((double) values[at[i]])
          .as("value " + at[i])
          .isCloseTo(expected[i], within(1e-4 + 1e-3 * Math.abs(expected[i])));
    }
  }

  private static void assertSumsToOne(FloatTensor shares, int width) {
    for (int row = 0; row < shares.axis(0); row++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += shares.values()[row * width + i];
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
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
