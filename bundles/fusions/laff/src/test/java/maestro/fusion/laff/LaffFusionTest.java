package maestro.fusion.laff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Noise;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.FeatureFusionContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.networks.Laff;
import maestro.tensor.BlockParameters;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paper's three encoders, and one the paper does not know. */
class LaffFusionTest extends FeatureFusionContract {
  private static final List<Laff.Branch> BRANCHES =
      List.of(
          new Laff.Branch("semantic", 512, false),
          new Laff.Branch("aesthetic", 1, true),
          new Laff.Branch("emotion", 8, true),
          new Laff.Branch("cinematic", 21, true));

  @TempDir static Path folder;
  private static LaffFusion fusion;
  private static TestPack pack;

  @BeforeAll
  static void open() {
    pack = TestPack.of(LaffFusion.NAME, write("paper", BRANCHES, Laff.Form.PAPER));
    fusion = new LaffFusion(new OnnxEngine(1), Set.of());
  }

  @AfterAll
  static void close() {
    fusion.close();
  }

  @Override
  protected FeatureFusion fusion() {
    return fusion;
  }

  @Override
  protected ModelPack pack() {
    return pack;
  }

  @Override
  protected Map<String, Integer> widths() {
    Map<String, Integer> widths = new LinkedHashMap<>();
    widths.put("encoder.clip", 512);
    widths.put("encoder.tavar", 1);
    widths.put("encoder.wecl", 8);
    widths.put("encoder.cinematic", 21);
    return widths;
  }

  @Test
  void everyAblationOfThePaperWorks() {
    for (List<String> encoders :
        List.of(
            List.of("encoder.clip", "encoder.tavar"),
            List.of("encoder.tavar", "encoder.wecl"),
            List.of("encoder.wecl", "encoder.clip"),
            List.of("encoder.clip"),
            List.of("encoder.wecl"),
            List.of("encoder.tavar"))) {
      FilmCondition condition = fuse(pack, encoders);
      assertThat(condition.vector()).hasSize(512);
      assertThat(length(condition.vector())).isCloseTo(1, within(1e-5));
      assertThat(condition.weights().keySet()).containsExactlyInAnyOrderElementsOf(encoders);
      if (encoders.size() == 1) {
        assertThat(condition.weights()).containsValue(1.0);
      }
    }
  }

  @Test
  void theFormIsReadFromTheWeightsAndTheirArchitecture() {
    Path file = write("headed", BRANCHES, new Laff.Form(64, 4, true, false));
    TestPack headed =
        TestPack.of(
            new PackPart(
                LaffFusion.NAME,
                file,
                "headed",
                Map.of(
                    "normalise",
                    false,
                    "encoders",
                    Map.of("encoder.mine", Map.of("name", "cinematic", "scale", 2)))));
    FilmCondition condition = fuse(headed, List.of("encoder.tavar", "encoder.wecl"));
    assertThat(condition.vector()).hasSize(64);
    assertThat(length(condition.vector())).isNotCloseTo(1, within(1e-3));
    float[] feature = new Noise(7).gaussian("cinematic", 21);
    float[] doubled = feature.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    TestRun run = new TestRun(7, headed);
    assertThat(fusion.fuse(Map.of("encoder.mine", FilmFeature.of(feature)), run).vector())
        .containsExactly(
            fusion.fuse(Map.of("encoder.cinematic", FilmFeature.of(doubled)), run).vector());
  }

  @Test
  void theGuidanceMayBeOnSomeEncodersAlone() {
    TestRun run = new TestRun(7, dropping(List.of(1, 0, 0, 0, 0, 0, 0, 0)));
    FilmFeature light = FilmFeature.of(0.3f);
    FilmFeature joy = FilmFeature.of(0, 1, 0, 0, 0, 0, 0, 0);
    FilmFeature nothing = FilmFeature.of(1, 0, 0, 0, 0, 0, 0, 0);
    LaffFusion guided = new LaffFusion(new OnnxEngine(1), Set.of("encoder.wecl"));
    try {
      Map<String, FilmFeature> glad = Map.of("encoder.tavar", light, "encoder.wecl", joy);
      Map<String, FilmFeature> even = Map.of("encoder.tavar", light, "encoder.wecl", nothing);
      FilmCondition condition = guided.fuse(glad, run);
      assertThat(condition.vector()).containsExactly(fusion.fuse(glad, run).vector());
      assertThat(condition.unguided().orElseThrow())
          .containsExactly(fusion.fuse(even, run).vector());
      assertThat(fusion.fuse(glad, run).unguided()).isEmpty();
      assertThat(guided.fuse(even, run).unguided()).as("nothing to guide to").isEmpty();
      assertThat(run.remarks()).isEmpty();
      assertThat(guided.fuse(Map.of("encoder.tavar", light), run).unguided()).isEmpty();
      assertThat(run.remarks()).containsExactly("no guidance on encoder.wecl, which takes no part");
      TestRun plain = new TestRun(7, pack);
      assertThat(guided.fuse(glad, plain).unguided()).isEmpty();
      assertThat(plain.remarks())
          .containsExactly(
              "no guidance on encoder.wecl alone: the pack has no neutral feature of it");
      for (Object wrong : List.of(7, List.of(1, 0), List.of(1, 0, 0, 0, 0, 0, 0, "x"))) {
        TestPack damaged = dropping(wrong);
        assertThatThrownBy(() -> guided.fuse(glad, new TestRun(7, damaged)))
            .isInstanceOf(MaestroException.class)
            .hasMessageContaining("neutral feature of encoder.wecl is not 8 numbers");
      }
    } finally {
      guided.close();
    }
  }

  /** The same weights, with a neutral feature of encoder.wecl. */
  private static TestPack dropping(Object neutral) {
    PackPart part = pack.part(LaffFusion.NAME).orElseThrow();
    Map<String, Object> encoders = Map.of("encoder.wecl", Map.of("neutral", neutral));
    return TestPack.of(
        new PackPart(part.name(), part.weights(), part.digest(), Map.of("encoders", encoders)));
  }

  @Test
  void anEncoderTheWeightsDoNotKnowIsNamed() {
    assertThatThrownBy(
            () -> fusion.fuse(Map.of("encoder.other", FilmFeature.of(1)), new TestRun(7, pack)))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.CONFIGURATION))
        .hasMessage(
            "fusion.laff: the weights were not trained with encoder.other, only with [aesthetic,"
                + " cinematic, emotion, semantic]; leave encoder.other out, choose another pack, or"
                + " train a fusion that knows it as docs/tutorial-encoder.md shows");
    assertThatThrownBy(() -> fusion.check(Set.of("encoder.other"), new TestRun(7, pack)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("encoder.other");
    assertThatThrownBy(
            () -> fusion.fuse(Map.of("encoder.wecl", FilmFeature.of(1, 2)), new TestRun(7, pack)))
        .hasMessageContaining("encoder.wecl gives 2 numbers, the weights were trained with 8");
  }

  @Test
  void missingWeightsAreASentenceThatSaysWhatToDo() {
    assertThatThrownBy(() -> fusion.fuse(Map.of("encoder.wecl", FilmFeature.of(1)), new TestRun()))
        .hasMessageStartingWith("fusion.laff: the recipe names no model pack")
        .hasMessageContaining("maestro train");
    assertThatThrownBy(
            () ->
                fusion.fuse(
                    Map.of("encoder.wecl", FilmFeature.of(1)), new TestRun(7, TestPack.of())))
        .hasMessageStartingWith("fusion.laff: the pack test has no weights for it");
  }

  private static FilmCondition fuse(ModelPack from, List<String> encoders) {
    Map<String, Integer> widths = new LaffFusionTest().widths();
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    for (String encoder : encoders) {
      features.put(encoder, FilmFeature.of(new Noise(7).gaussian(encoder, widths.get(encoder))));
    }
    return fusion.fuse(features, new TestRun(7, from));
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static Path write(String name, List<Laff.Branch> branches, Laff.Form form) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    BlockParameters.byName(new Laff(branches, form))
        .forEach(
            (key, parameter) ->
                weights.put(key, FillRule.weight(key, parameter.getShape().getShape())));
    Path file = folder.resolve(name + ".safetensors");
    Safetensors.write(file, weights.values(), Map.of());
    return file;
  }
}
