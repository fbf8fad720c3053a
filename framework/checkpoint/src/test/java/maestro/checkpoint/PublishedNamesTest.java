package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;

/**
 * The tables beside this class list every tensor of the published files, made from the reference
 * classes.
 */
class PublishedNamesTest {

  @Test
  void allNamesOfTheDiffusersUnetBecomeTheOriginalOnes() throws IOException {
    Map<String, Weight> original = new LinkedHashMap<>();
    Map<String, Weight> diffusers = new LinkedHashMap<>();
    for (String[] row : table("audioldm-s-unet")) {
      add(original, row[0], shape(row[2]));
      add(diffusers, row[1], shape(row[2]));
    }
    assertThat(original).hasSize(690);
    Map<String, Weight> ours = AudioLdmNames.unet(found(original, AudioLdmNames.UNET));
    assertThat(ours).containsKey("input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight");
    assertSameShapes(AudioLdmNames.unet(diffusers), ours);
    assertSameShapes(AudioLdmNames.unet(ours), ours);
    assertThat(ours.values().stream().mapToLong(Weight::elements).sum()).isEqualTo(185_036_552);
  }

  @Test
  void allNamesOfTheDiffusersVaeBecomeTheOriginalOnesWithBothSpellingsOfItsAttention()
      throws IOException {
    Map<String, Weight> original = new LinkedHashMap<>();
    Map<String, Weight> current = new LinkedHashMap<>();
    Map<String, Weight> old = new LinkedHashMap<>();
    for (String[] row : table("audioldm-vae")) {
      long[] shape = shape(row[2]);
      long[] squeezed =
          row[0].contains("attn_1") ? Arrays.copyOf(shape, Math.min(shape.length, 2)) : shape;
      add(original, row[0], shape);
      add(current, row[1], squeezed);
      add(
          old,
          row[1]
              .replace("to_q", "query")
              .replace("to_k", "key")
              .replace("to_v", "value")
              .replace("to_out.0", "proj_attn"),
          squeezed);
    }
    add(original, "first_stage_model.vocoder.conv_pre.bias", 4);
    assertThat(current).hasSize(204);
    Map<String, Weight> ours = AudioLdmNames.vae(found(original, AudioLdmNames.VAE));
    assertThat(ours).containsKey("encoder.mid.attn_1.q.weight").hasSize(204);
    assertSameShapes(AudioLdmNames.vae(current), ours);
    assertSameShapes(AudioLdmNames.vae(old), ours);
    assertThat(ours.values().stream().mapToLong(Weight::elements).sum()).isEqualTo(55_376_873);
  }

  @Test
  void allNamesOfTheTransformersVocoderBecomeTheOriginalOnes() throws IOException {
    Map<String, Weight> original = new LinkedHashMap<>();
    Map<String, Weight> transformers = new LinkedHashMap<>();
    for (String[] row : table("audioldm-hifigan")) {
      if (!row[0].equals("(absent)")) {
        add(original, row[0], shape(row[2]));
      }
      add(transformers, row[1], shape(row[2]));
    }
    Map<String, Weight> ours = AudioLdmNames.hifigan(found(original, AudioLdmNames.HIFIGAN));
    assertThat(ours).containsKey("ups.0.weight").hasSize(194);
    assertSameShapes(AudioLdmNames.hifigan(transformers), ours);
    assertThat(ours.values().stream().mapToLong(Weight::elements).sum()).isEqualTo(55_264_897);
  }

  @Test
  void clipGoesBothWaysWithItsNumbers() throws IOException {
    Map<String, Weight> openAi = new LinkedHashMap<>();
    List<String> transformers = new ArrayList<>();
    for (String[] row : table("clip-vit-b32-visual")) {
      // The rule of each name is the same at any width: 12 instead of 768 keeps the test small.
      long[] shape =
          Arrays.stream(shape(row[3])).map(axis -> axis % 768 == 0 ? axis / 64 : axis).toArray();
      openAi.put(row[0], Weight.of(row[0], FillRule.tensor(row[0], shape)));
      if (row[1].contains("{")) {
        for (String part : new String[] {"q_proj", "k_proj", "v_proj"}) {
          transformers.add(row[1].replaceAll("\\{.*}", part));
        }
      } else {
        transformers.add(row[1]);
      }
    }
    assertThat(openAi).hasSize(152);
    Map<String, Weight> there = ClipNames.toTransformers(openAi);
    assertThat(there.keySet()).hasSize(200).containsExactlyInAnyOrderElementsOf(transformers);
    FloatTensor fused = openAi.get("visual.transformer.resblocks.3.attn.in_proj_weight").toTensor();
    FloatTensor keys =
        there.get("vision_model.encoder.layers.3.self_attn.k_proj.weight").toTensor();
    assertThat(keys.shape()).containsExactly(12, 12);
    assertThat(keys.values()).containsExactly(Arrays.copyOfRange(fused.values(), 144, 288));
    FloatTensor projection = openAi.get("visual.proj").toTensor();
    FloatTensor transposed = there.get("visual_projection.weight").toTensor();
    assertThat(transposed.shape()).containsExactly(projection.shape()[1], projection.shape()[0]);
    assertThat(transposed.values()[1]).isEqualTo(projection.values()[projection.axis(1)]);

    Map<String, Weight> back = ClipNames.toOpenAi(there);
    assertThat(back).hasSize(152);
    openAi.forEach(
        (name, weight) ->
            assertThat(back.get(name).toTensor()).as(name).isEqualTo(weight.toTensor()));
  }

  @Test
  void clipIgnoresTheTextTower() {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, "visual.proj", 4, 2);
    add(file, "text_projection", 4, 2);
    add(file, "input_resolution");
    assertThat(ClipNames.toOpenAi(file)).containsOnlyKeys("visual.proj");
    assertThat(ClipNames.toTransformers(file)).containsOnlyKeys("visual_projection.weight");
  }

  @Test
  void bothSpellingsOfWeightNormalisationFold() {
    FloatTensor direction = FloatTensor.of(new float[] {3, 0, 4, 0, 0, 2}, 2, 3, 1);
    FloatTensor magnitude = FloatTensor.of(new float[] {10, -1}, 2, 1, 1);
    float[] expected = {6, 0, 8, -0f, -0f, -1};
    for (String[] names :
        new String[][] {
          {"ups.0.weight_g", "ups.0.weight_v"},
          {"ups.0.parametrizations.weight.original0", "ups.0.parametrizations.weight.original1"}
        }) {
      Map<String, Weight> file = new LinkedHashMap<>();
      file.put(names[0], Weight.of(names[0], magnitude));
      file.put(names[1], Weight.of(names[1], direction));
      file.put("ups.0.bias", Weight.of("b", FloatTensor.of(new float[1], 1)));
      Map<String, Weight> folded = AudioLdmNames.hifigan(file);
      assertThat(folded).containsOnlyKeys("ups.0.weight", "ups.0.bias");
      assertThat(folded.get("ups.0.weight").toTensor())
          .isEqualTo(FloatTensor.of(expected, 2, 3, 1));
      file.remove(names[0]);
      assertThatThrownBy(() -> AudioLdmNames.hifigan(file)).isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void dataParallelPrefixesComeOff() {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, "module.fc.weight", 1);
    assertThat(WeightNames.withoutModule(file)).containsOnlyKeys("fc.weight");
    add(file, "other", 1);
    assertThat(WeightNames.withoutModule(file)).isSameAs(file);
  }

  @Test
  void twoTensorsForOneNameAreRefused() {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, "ups.0.bias", 1);
    add(file, "upsampler.0.bias", 1);
    assertThatThrownBy(() -> AudioLdmNames.hifigan(file)).hasMessageContaining("'ups.0.bias'");
  }

  private static Map<String, Weight> found(Map<String, Weight> file, List<String> marks) {
    return WrappedNames.find("file", file, Averaging.AUTO, marks).orElseThrow().weights();
  }

  @Test
  void theReportSaysWhatDoesNotFitInOneSentence() {
    Map<String, long[]> needed = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "d")) {
      needed.put(name, new long[] {1});
    }
    needed.put("matrix", new long[] {4, 4});
    needed.put("bias", new long[] {4});
    Map<String, Weight> found = new LinkedHashMap<>();
    add(found, "matrix", 4, 4, 1, 1);
    add(found, "bias", 5);
    add(found, "extra", 5);
    assertThatThrownBy(() -> WeightReport.fitted("vae.ckpt", needed, found))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "vae.ckpt: the weights do not fit the network: 4 missing ('a', 'b', 'c', …); 1 misshapen"
                + " ('bias 5 instead of 4'); 1 surplus ('extra'); use the file or the architecture that belongs to it");
    needed.keySet().removeAll(List.of("a", "b", "c", "d", "bias"));
    Map<String, Weight> fitted = WeightReport.fitted("vae.ckpt", needed, found);
    assertThat(fitted).containsOnlyKeys("matrix");
    assertThat(fitted.get("matrix").shape()).containsExactly(4, 4);
  }

  private static void assertSameShapes(Map<String, Weight> found, Map<String, Weight> expected) {
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach(
        (name, weight) -> {
          assertThat(found.get(name).shape()).as(name).isEqualTo(weight.shape());
          assertThat(found.get(name).name()).isEqualTo(name);
        });
  }

  private static void add(Map<String, Weight> file, String name, long... shape) {
    file.put(
        name,
        ComputedWeight.floats(
            name,
            shape,
            () -> {
              throw new AssertionError("no numbers are needed for names");
            }));
  }

  private static long[] shape(String text) {
    return text.isEmpty()
        ? new long[0]
        : Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }

  private static List<String[]> table(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(PublishedNamesTest.class.getResourceAsStream(name + ".tsv.gz")),
                StandardCharsets.UTF_8))) {
      return in.lines().skip(1).map(line -> line.split("\t", -1)).toList();
    }
  }
}
