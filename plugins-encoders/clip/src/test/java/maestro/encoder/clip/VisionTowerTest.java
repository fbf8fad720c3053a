package maestro.encoder.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.ScriptEngine;
import org.junit.jupiter.api.Test;

/** Numbers made with openai/CLIP's own class, weights filled by rule. */
class VisionTowerTest {
  private static final NetworkEngine TORCH = new TorchEngine(Engine.getEngine("PyTorch"));
  private static final NetworkEngine SCRIPT = new ScriptEngine(Engine.getEngine("PyTorch"), false);
  private static final NetworkEngine ONNX = new OnnxEngine(0);
  static final VisionSize TINY = new VisionSize(32, 8, 128, 2, 16);
  private static final VisionSize VIT_B_32 = new VisionSize(224, 32, 768, 12, 512);
  private static final int[] AT = {0, 1, 2, 5, 8, 10, 15};
  private static final double[] EXPECTED = {
    -3.133717, -.7299339, 5.249885, -.4598124, 1.566213, 4.513777, -1.604369
  };

  @Test
  void pytorchGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(TORCH);
  }

  @Test
  void torchScriptGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(SCRIPT);
  }

  @Test
  void inBfloat16TheFeatureHasTheSameDirection() {
    float[] single = embed(SCRIPT, filled(TINY));
    float[] half = embed(new ScriptEngine(Engine.getEngine("PyTorch"), true), filled(TINY));
    double product = 0;
    double ofSingle = 0;
    double ofHalf = 0;
    for (int i = 0; i < single.length; i++) {
      product += single[i] * half[i];
      ofSingle += single[i] * single[i];
      ofHalf += half[i] * half[i];
    }
    assertThat(product / Math.sqrt(ofSingle * ofHalf)).isBetween(0.9995, 0.9999999);
  }

  @Test
  void theCompiledGraphGivesTheReferencesNumbers() {
    givesTheReferencesNumbers(ONNX);
  }

  @Test
  void transformersNamesGiveTheSameNumbers() {
    Map<String, Weight> openai = filled(TINY);
    Map<String, Weight> transformers = ClipNames.toTransformers(openai);
    assertThat(transformers).containsKey("vision_model.pre_layrnorm.weight");
    assertThat(embed(ONNX, transformers)).containsExactly(embed(ONNX, openai), within(1e-5f));
  }

  @Test
  void sizesAreReadFromShapes() {
    assertThat(VisionSize.of(ClipNetwork.named(filled(TINY)))).isEqualTo(TINY);
    assertThatThrownBy(() -> VisionSize.of(Map.of()))
        .hasMessageStartingWith("encoder.clip: ")
        .hasMessageContaining("ViT-B-32.pt");
  }

  @Test
  void theDefaultHasThePublishedNumberOfParameters() {
    long count = 0;
    int tensors = 0;
    for (var parameter : BlockParameters.byName(new VisionTower(VIT_B_32)).values()) {
      count += parameter.getShape().size();
      tensors++;
    }
    assertThat(count).isEqualTo(87_849_216);
    assertThat(tensors).isEqualTo(152);
  }

  private static void givesTheReferencesNumbers(NetworkEngine engine) {
    float[] out = embed(engine, filled(TINY));
    double mean = 0;
    for (float value : out) {
      mean += value / out.length;
    }
    assertThat(mean).isCloseTo(-.6363862, within(1e-4));
    for (int i = 0; i < AT.length; i++) {
      assertThat((double) out[AT[i]])
          .as("value " + AT[i])
          .isCloseTo(EXPECTED[i], within(1e-4 + 1e-3 * Math.abs(EXPECTED[i])));
    }
  }

  private static float[] embed(NetworkEngine engine, Map<String, Weight> weights) {
    FloatTensor image = FloatTensor.of(FillRule.random("input:img", 3 * 32 * 32), 1, 3, 32, 32);
    try (Network network = engine.open(ClipNetwork.source(weights, 1), Device.CPU)) {
      return network.run(Map.of(ClipNetwork.INPUT, image)).get(ClipNetwork.OUTPUT).values();
    }
  }

  /** Weights by rule under OpenAI's names, {@code visual.} included. */
  static Map<String, Weight> filled(VisionSize size) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(new VisionTower(size))
        .forEach(
            (name, parameter) ->
                weights.put(
                    "visual." + name,
                    FillRule.weight("visual." + name, parameter.getShape().getShape())));
    return weights;
  }
}
