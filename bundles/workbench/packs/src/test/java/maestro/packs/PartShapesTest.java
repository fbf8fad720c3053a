package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import maestro.api.MaestroException;
import maestro.checkpoint.Weight;
import maestro.embedding.panns.PannsPart;
import maestro.embedding.vggish.VggishPart;
import maestro.encoder.clip.ClipPart;
import maestro.encoder.tavar.TavarPart;
import maestro.encoder.wecl.WeclPart;
import maestro.fusion.laff.LaffPart;
import maestro.latent.vmunet.LatentParts;
import maestro.vocoder.hifigan.HifiGanPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the tables beside this class, which were made by instantiating the reference classes. */
class PartShapesTest {
  /** Those of all bundles of the distribution. */
  static final PartShapes SHAPES =
      new PartShapes(
          List.of(
              new LatentParts(),
              new HifiGanPart(),
              new LaffPart(),
              new ClipPart(),
              new TavarPart(),
              new WeclPart(),
              new VggishPart(),
              new PannsPart()));

  @ParameterizedTest
  @CsvSource({
    "denoiser, audioldm-s-unet, 2, model.diffusion_model.",
    "vae, audioldm-vae, 2, first_stage_model.",
    "vocoder.hifigan, audioldm-hifigan, 2, first_stage_model.vocoder.",
    "encoder.clip, clip-vit-b32-visual, 3, ''",
    "encoder.wecl, cten-vaaneterase, 1, module.",
    "encoder.tavar, tavar-resnet50, 1, ''",
    "embedding.vggish, torchvggish, 1, ''",
    "embedding.panns, panns-cnn14-16k, 1, ''"
  })
  void everyTensorOfThePublishedFileIsThere(String part, String table, int column, String prefix)
      throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (String[] row : table(table)) {
      boolean computed = row[0].contains("_extractor.") || row[0].endsWith("num_batches_tracked");
      if (!computed && row[0].startsWith(prefix)) {
        expected.put(row[0].substring(prefix.length()), row[column]);
      }
    }
    Map<String, String> ours = new TreeMap<>();
    SHAPES.needed(part, Map.of()).forEach((name, shape) -> ours.put(name, Weight.shapeText(shape)));
    assertThat(ours).isEqualTo(expected);
  }

  /** Counts of the paper (table 4), of AudioLDM's sizes and of the tiny fixtures. */
  @ParameterizedTest
  @CsvSource({
    "128, 512, FILM, 185036552, 87463744", "128, 512, CROSS_ATTENTION, 185200392, 87430976",
    "192, 512, FILM, 415954568, -1", "256, 512, FILM, 739139080, -1",
    "32, 16, FILM, 11595720, 5474768", "32, 16, CROSS_ATTENTION, -1, 5293520"
  })
  void parametersAreCountedToTheUnit(
      int channels, int film, String conditioning, long unet, long branch) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("modelChannels", channels);
    numbers.put("filmWidth", film);
    numbers.put("videoConditioning", conditioning);
    numbers.put("preWidths", channels == 32 ? List.of(16, 32) : List.of(64, 128));
    numbers.put(
        "controls", Map.of("melody", Map.of("channels", 12), "dynamics", Map.of("channels", 1)));
    long unetCount = parameters("denoiser", numbers);
    long branchCount = parameters("branch", numbers);
    if (unet > 0) {
      assertThat(unetCount).isEqualTo(unet);
    }
    if (branch > 0) {
      assertThat(branchCount).isEqualTo(branch);
    }
  }

  @Test
  void theSilentVariantOfCtenHasNoSoundTensors() {
    Map<String, long[]> shapes = SHAPES.needed("encoder.wecl", Map.of("sound", false));
    assertThat(shapes.keySet()).noneMatch(name -> name.startsWith("a_") || name.contains("v2a"));
    assertThat(shapes.get("fc.weight")).containsExactly(8, 2048);
  }

  @Test
  void senselessNumbersAreRefusedByName() {
    assertThatThrownBy(() -> SHAPES.of("vae", Map.of("channels", "many")))
        .isInstanceOf(MaestroException.class)
        .hasMessage(
            "part vae: its architecture number channels is no whole number from 0 to 1048576; mend pack.json");
    assertThatThrownBy(() -> SHAPES.of("denoiser", Map.of("multipliers", 3)))
        .hasMessageContaining("multipliers is no short list");
    assertThat(SHAPES.of("encoder.other", Map.of())).isEmpty();
    assertThatThrownBy(() -> SHAPES.needed("encoder.other", Map.of()))
        .hasMessageContaining("no bundle that is on says what tensors it has");
  }

  private static long parameters(String part, Map<String, Object> numbers) {
    return SHAPES.needed(part, numbers).values().stream().mapToLong(Weight::elements).sum();
  }

  private static List<String[]> table(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(PartShapesTest.class.getResourceAsStream(name + ".tsv.gz")),
                StandardCharsets.UTF_8))) {
      return in.lines().skip(1).map(line -> line.split("\t", -1)).toList();
    }
  }

  @Test
  void aFusionOfOtherEncodersIsDescribedByThem() {
    Map<String, long[]> shapes =
        SHAPES
            .of(
                Architectures.LAFF,
                Map.of(
                    "width",
                    64,
                    "heads",
                    4,
                    "withAverage",
                    true,
                    "encoders",
                    Map.of("encoder.cinematic", Map.of("width", 21))))
            .orElseThrow();
    assertThat(shapes.get("film_encoder.cinematic_embed.weight")).containsExactly(64, 21);
    assertThat(shapes.get("film_encoder.laff.transform.cinematic.fc1.weight"))
        .containsExactly(64, 64);
    assertThat(shapes)
        .containsKey("film_encoder.laff.attention_layer.attention_layer.3.embedding_common.0.bias")
        .containsKey(
            "film_encoder.laff.attention_layer.attention_layer.0.global_emb_weight_net.weight")
        .hasSize(4 + 4 * 3);
  }

  /** Before a block is built: what a pack says may be anything. */
  @ParameterizedTest
  @CsvSource({
    "denoiser, resBlocks",
    "branch, resBlocks",
    "vae, resBlocks",
    "encoder.clip, layers",
    "fusion.laff, heads"
  })
  void giantsAreRefusedBeforeTheyAreBuilt(String part, String number) {
    assertThatThrownBy(() -> SHAPES.of(part, Map.of(number, 1 << 20)))
        .isInstanceOf(MaestroException.class)
        .hasMessage(
            "part "
                + part
                + ": its architecture number "
                + number
                + " is above 256; mend pack.json");
  }

  @ParameterizedTest
  @CsvSource({"denoiser, modelChannels", "vae, channels", "vocoder.hifigan, channels"})
  void numbersThatMakeNoNetworkAreRefusedBeforeItIsBuilt(String part, String number) {
    for (int odd : new int[] {33, 1_048_575}) {
      assertThatThrownBy(() -> SHAPES.of(part, Map.of(number, odd)))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("illegal")
          .hasMessageContaining("pack");
    }
  }
}
