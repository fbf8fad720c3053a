package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maestro.latent.vmunet.ControlBranch;
import maestro.latent.vmunet.ControlConfig;
import maestro.latent.vmunet.Denoiser;
import maestro.latent.vmunet.HeadRule;
import maestro.latent.vmunet.MusicVae;
import maestro.latent.vmunet.UNet;
import maestro.latent.vmunet.UNetConfig;
import maestro.latent.vmunet.VaeConfig;
import maestro.latent.vmunet.VideoConditioning;
import maestro.networks.Laff;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.Layer;
import maestro.tensor.nn.LayerNorm;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.TransposedConvolution;
import maestro.vocoder.hifigan.HifiGan;
import maestro.vocoder.hifigan.HifiGanConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradients of every block of our own are those of its function. */
class GradientsTest {
  private final GradientCheck gradients = new GradientCheck();

  @AfterEach
  void close() {
    gradients.close();
  }

  private static Layer layer(UnaryOperator<NDArray> function) {
    return new Layer() {
      @Override
      public NDArray apply(ParameterStore store, NDArray x, boolean training) {
        return function.apply(x);
      }
    };
  }

  private void reachesAll(Block block, NDArray... inputs) {
    assertThat(gradients.check(block, inputs)).isEmpty();
  }

  @Test
  void linear() {
    reachesAll(new Linear(5, 4), gradients.normal(3, 5));
  }

  @Test
  void linearWithAnAdapter() {
    Linear linear = new Linear(5, 4);
    linear.attachLora(2, 3);
    reachesAll(linear, gradients.normal(2, 3, 5));
  }

  @Test
  void convolutions() {
    reachesAll(Convolution.plane(3, 4, 3, 2, 1), gradients.normal(2, 3, 6, 5));
    reachesAll(Convolution.line(2, 3, 5, 3), gradients.normal(2, 2, 17));
    reachesAll(Convolution.stridedLine(4, 6, 5, 3, 2), gradients.normal(2, 4, 17));
    reachesAll(
        Convolution.rectangle(2, 3, new long[] {3, 1}, new long[] {2, 1}, new long[] {1, 0}),
        gradients.normal(2, 2, 8, 1));
  }

  @Test
  void transposedConvolution() {
    reachesAll(new TransposedConvolution(3, 2, 16, 5, 5), gradients.normal(2, 3, 4));
    reachesAll(new TransposedConvolution(3, 2, 4, 2, 1), gradients.normal(2, 3, 4));
  }

  @Test
  void normalisations() {
    reachesAll(new GroupNorm(2, 6, 1e-5f), gradients.normal(2, 6, 3, 4));
    reachesAll(new LayerNorm(5, 1e-5f), gradients.normal(2, 3, 5));
  }

  @Test
  void functions() {
    reachesAll(layer(Functions::silu), gradients.normal(7));
    reachesAll(layer(x -> Functions.times(x, 0.3f)), gradients.normal(7));
    reachesAll(layer(x -> Functions.atLeast(x, -0.3f)), gradients.normal(30));
    reachesAll(layer(x -> Functions.within(x, -0.5f, 0.6f)), gradients.normal(30));
    reachesAll(layer(Functions::doubled), gradients.normal(2, 2, 3, 4));
    reachesAll(
        layer(x -> Functions.attention(x, Functions.times(x, 0.7f).add(x.square()), x.square(), 2)),
        gradients.normal(2, 5, 6));
  }

  // The normalisations have 32 groups; of one channel each they would hide what is added before.
  private static UNetConfig tiny(VideoConditioning conditioning) {
    return new UNetConfig(
        2, 64, List.of(1, 1), 1, List.of(1), HeadRule.channelsPerHead(32), 6, conditioning);
  }

  private NDArray[] denoiserInputs(NDArray... controls) {
    return Stream.concat(
            Stream.of(
                gradients.normal(2, 2, 4, 4), gradients.array(1.3, 6.1), gradients.normal(2, 6)),
            Stream.of(controls))
        .toArray(NDArray[]::new);
  }

  @ParameterizedTest
  @EnumSource(VideoConditioning.class)
  void vmUnet(VideoConditioning conditioning) {
    List<String> without = gradients.check(new UNet(tiny(conditioning)), denoiserInputs());
    if (conditioning == VideoConditioning.FILM) {
      assertThat(without).isEmpty();
    } else {
      // Over one token the softmax is 1, whatever is asked; so query, key and the norm before are
      // idle.
      assertThat(without)
          .isNotEmpty()
          .allMatch(
              name ->
                  name.matches(
                      ".*attn2\\.to_[qk]\\.weight|.*\\.norm2\\.(weight|bias)|film_emb\\.weight"));
      assertThat(without.contains("film_emb.weight"))
          .isEqualTo(conditioning == VideoConditioning.CROSS_ONLY);
    }
  }

  @ParameterizedTest
  @EnumSource(ControlConfig.Injection.class)
  void denoiserWithBranchAndAdapters(ControlConfig.Injection injection) {
    UNetConfig config = tiny(VideoConditioning.FILM);
    Map<String, Integer> controls = new LinkedHashMap<>();
    controls.put("melody", 3);
    controls.put("dynamics", 1);
    ControlBranch branch =
        new ControlBranch(config, new ControlConfig(controls, List.of(4, 5), injection));
    branch.attachLora(3, 2);
    float[] scales = new float[config.inputBlocks() + 1];
    Arrays.fill(scales, 0.8f);
    reachesAll(
        new Denoiser(new UNet(config), branch, scales),
        denoiserInputs(gradients.normal(2, 3, 16, 1), gradients.normal(2, 1, 16, 1)));
  }

  @Test
  void musicVae() {
    List<String> without =
        gradients.check(
            new MusicVae(new VaeConfig(1, 2, 64, List.of(1, 1), 1)),
            gradients.normal(2, 1, 8, 8),
            gradients.normal(2, 2, 4, 4));
    // What a key's bias adds to a query's scores is the same for all keys.
    assertThat(without)
        .containsExactlyInAnyOrder("encoder.mid.attn_1.k.bias", "decoder.mid.attn_1.k.bias");
  }

  @Test
  void hifiGan() {
    reachesAll(
        new HifiGan(
            new HifiGanConfig(
                4, 8, List.of(5, 2), List.of(16, 4), List.of(3, 5), List.of(1, 3), 0.1f)),
        gradients.normal(2, 4, 3));
  }

  @Test
  void laff() {
    List<Laff.Branch> branches =
        List.of(new Laff.Branch("semantic", 7, false), new Laff.Branch("emotion", 3, true));
    for (Laff.Form form :
        List.of(
            new Laff.Form(8, 1, false, true),
            new Laff.Form(8, 2, true, true),
            new Laff.Form(8, 1, true, false))) {
      List<String> without =
          gradients.check(new Laff(branches, form), gradients.normal(4, 7), gradients.normal(4, 3));
      // A softmax takes no notice of what is added to all.
      assertThat(without).isNotEmpty().allMatch(name -> name.endsWith("embedding_common.0.bias"));
    }
  }

  @Test
  void aWrongGradientIsFound() {
    Layer wrong =
        layer(
            x -> {
              NDArray frozen = x.stopGradient();
              return x.mul(frozen); // x², with half its gradient
            });
    assertThatThrownBy(() -> gradients.check(wrong, gradients.normal(4)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("input 0");
  }
}
