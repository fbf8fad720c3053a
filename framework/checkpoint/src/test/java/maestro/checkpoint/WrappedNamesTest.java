package maestro.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrappedNamesTest {
  private static final List<String> MARKS = List.of("conv_pre.weight", "conv_pre.weight_v");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "_orig_mod.",
        "module.",
        "model.",
        "generator.",
        "module._orig_mod.",
        "_orig_mod.module.",
        "model.module.generator._orig_mod.",
        "state_dict.model.",
        "_fsdp_wrapped_module.net.",
        "first_stage_model.vocoder.",
        "first_stage_model._orig_mod.vocoder.module."
      })
  void knownWordsComeOffTheNames(String prefix) {
    Map<String, Weight> file = file(prefix, 1);
    add(file, "discriminator.conv.weight", 5);
    add(file, "optimizer.step", 5);
    WrappedNames found = WrappedNames.find("x.pt", file, Averaging.AUTO, MARKS).orElseThrow();
    assertThat(found.weights()).containsKeys("conv_pre.weight", "ups.0.bias");
    assertThat(found.weights().get("ups.0.bias").toFloats()).containsExactly(1);
    assertThat(found.averaged()).isFalse();
    assertThat(found.remark().isPresent()).isEqualTo(!prefix.isEmpty());
    found.remark().ifPresent(words -> assertThat(words).contains("'" + prefix + "' was taken off"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ema_model.",
        "ema.",
        "model_ema.",
        "module.ema_model.",
        "ema.module.",
        "teacher."
      })
  void theAveragedCopyIsTakenUnlessTheOtherIsWantedAndSaidWhich(String average) {
    Map<String, Weight> file = file("model.", 1);
    file.putAll(file(average, 2));
    WrappedNames found = WrappedNames.find("x.pt", file, Averaging.AUTO, MARKS).orElseThrow();
    assertThat(found.weights().get("ups.0.bias").toFloats()).containsExactly(2);
    assertThat(found.remark().orElseThrow())
        .isEqualTo(
            "the averaged copy of the weights, under '%s', was taken, not the one as trained, under 'model.'",
            average);
    WrappedNames raw = WrappedNames.find("x.pt", file, Averaging.RAW, MARKS).orElseThrow();
    assertThat(raw.weights().get("ups.0.bias").toFloats()).containsExactly(1);
    assertThat(raw.remark().orElseThrow())
        .isEqualTo(
            "the copy as trained of the weights, under 'model.', was taken, not the one that is averaged, under '%s'",
            average);
    Map<String, Weight> alone = file(average, 2);
    assertThat(
            WrappedNames.find("x.pt", alone, Averaging.AUTO, MARKS)
                .orElseThrow()
                .remark()
                .orElseThrow())
        .contains("is the only one");
    assertThatThrownBy(() -> WrappedNames.find("x.pt", alone, Averaging.RAW, MARKS))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("x.pt: there is no copy of the weights as trained");
    assertThatThrownBy(() -> WrappedNames.find("x.pt", file("model.", 1), Averaging.EMA, MARKS))
        .hasMessageContaining("x.pt: there is no copy of the weights that is averaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "module.", "_orig_mod.", "ldm_"})
  void averagesOfLatentDiffusionAreFoundByTheirNamesWithoutDots(String before) {
    Map<String, Weight> file = new LinkedHashMap<>();
    List<String> marks = List.of("input_blocks.0.0.weight");
    String outer = before.equals("ldm_") ? "model." : before;
    add(file, outer + "model.diffusion_model.input_blocks.0.0.weight", 1);
    add(file, outer + "model_ema.diffusion_modelinput_blocks00weight", 2);
    add(file, outer + "model_ema.decay", 3);
    String ours = "input_blocks.0.0.weight";
    WrappedNames found = WrappedNames.find("x.pt", file, Averaging.AUTO, marks).orElseThrow();
    assertThat(found.weights().get(ours).toFloats()).containsExactly(2);
    assertThat(found.remark().orElseThrow()).contains("averaged copy", "model_ema.");
    assertThat(
            WrappedNames.find("x.pt", file, Averaging.RAW, marks)
                .orElseThrow()
                .weights()
                .get(ours)
                .toFloats())
        .containsExactly(1);
    file.remove(outer + "model_ema.diffusion_modelinput_blocks00weight");
    assertThatThrownBy(() -> WrappedNames.find("x.pt", file, Averaging.AUTO, marks))
        .hasMessageContaining("no averaged copy of 'input_blocks.0.0.weight'");
  }

  @Test
  void averagesOfACompiledNetworkAreFoundToo() {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, "model.diffusion_model._orig_mod.input_blocks.0.0.weight", 1);
    add(file, "model_ema.diffusion_model_orig_modinput_blocks00weight", 2);
    WrappedNames found =
        WrappedNames.find("x.pt", file, Averaging.EMA, List.of("input_blocks.0.0.weight"))
            .orElseThrow();
    assertThat(found.weights().get("input_blocks.0.0.weight").toFloats()).containsExactly(2);
  }

  @Test
  void anUnknownPrefixIsNamedAndTwoCopiesAreRefused() {
    Map<String, Weight> file = file("my_project.", 1);
    assertThat(WrappedNames.find("x.pt", file, Averaging.AUTO, MARKS)).isEmpty();
    assertThat(WrappedNames.unknownPrefix(file, MARKS)).contains("my_project.");
    assertThat(WrappedNames.find("x.pt", file("other", 1), Averaging.AUTO, MARKS)).isEmpty();
    Map<String, Weight> twice = file("generator.", 1);
    twice.putAll(file("student.", 2));
    assertThatThrownBy(() -> WrappedNames.find("x.pt", twice, Averaging.AUTO, MARKS))
        .hasMessageContaining("has the network 2 times: under 'generator.', under 'student.'");
  }

  @Test
  void aNumberBesideTheNetworksIsFound() {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, "module.scale_factor", 4);
    assertThat(WrappedNames.beside(file, "scale_factor").orElseThrow().toFloats())
        .containsExactly(4);
    assertThat(WrappedNames.beside(file, "alphas_cumprod")).isEmpty();
  }

  private static Map<String, Weight> file(String prefix, float value) {
    Map<String, Weight> file = new LinkedHashMap<>();
    add(file, prefix + "conv_pre.weight", value);
    add(file, prefix + "ups.0.bias", value);
    return file;
  }

  private static void add(Map<String, Weight> file, String name, float value) {
    file.put(name, Weight.of(name, FloatTensor.of(new float[] {value}, 1)));
  }
}
