package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.nn.Linear;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The branch as it starts, as it is steered, and with low-rank adapters. */
final class ControlBranchTest {
  private static final UNetConfig CONFIG = Tiny.unet(VideoConditioning.CROSS_ATTENTION);

  private final Eager eager = new Eager();

  @AfterEach
  void close() {
    eager.close();
  }

  private NDArray[] inputs() {
    return new NDArray[] {
      eager.array(Tiny.latent()), eager.manager.create(new float[] {500}), eager.array(Tiny.film())
    };
  }

  private FloatTensor steered(UNet unet, ControlBranch branch) {
    NDArray[] three = inputs();
    return Eager.tensor(
        eager
            .run(
                new Denoiser(unet, branch),
                three[0],
                three[1],
                three[2],
                eager.array(Tiny.melody()),
                eager.array(Tiny.dynamics()))
            .singletonOrThrow());
  }

  /** The copied part is filled as VM-UNet's; what is new starts as a trainer would start it. */
  private ControlBranch fresh() {
    ControlBranch branch = new ControlBranch(CONFIG, Tiny.controls());
    for (Pair<String, Parameter> pair : branch.getParameters()) {
      String name = pair.getKey();
      if (!name.startsWith("zero_convs.")
          && !name.startsWith("middle_block_out.")
          && !name.startsWith("local.")) {
        Parameter parameter = pair.getValue();
        parameter.setInitializer(
            maestro.tensor.nn.Initial.of(
                maestro.checkpoint.FillRule.tensor(
                    "unet." + name, parameter.getShape().getShape())));
      }
    }
    branch.initialize(eager.manager, DataType.FLOAT32);
    branch.freezeParameters(true);
    return branch;
  }

  @Test
  void aFreshBranchChangesNothing() {
    UNet unet = eager.fill(new UNet(CONFIG), "unet.");
    FloatTensor alone = Eager.tensor(eager.run(unet, inputs()).singletonOrThrow());
    assertThat(steered(unet, fresh())).isEqualTo(alone);
  }

  @Test
  void anOpenBranchSteersFromTheBeginning() {
    UNet unet = eager.fill(new UNet(CONFIG), "unet.");
    FloatTensor alone = Eager.tensor(eager.run(unet, inputs()).singletonOrThrow());
    ControlBranch branch = new ControlBranch(CONFIG, Tiny.controls());
    branch.open();
    branch.initialize(eager.manager, DataType.FLOAT32);
    branch.freezeParameters(true);
    assertThat(steered(unet, branch)).isNotEqualTo(alone);
    NDArray[] three = inputs();
    NDList steered =
        eager.run(
            branch,
            three[0],
            three[1],
            three[2],
            eager.array(Tiny.melody()),
            eager.array(Tiny.dynamics()));
    NDList silent =
        eager.run(
            branch,
            three[0],
            three[1],
            three[2],
            eager.array(Tiny.melody()).zerosLike(),
            eager.array(Tiny.dynamics()).zerosLike());
    for (int i = 0; i < steered.size(); i++) {
      float change = steered.get(i).sub(silent.get(i)).abs().mean().toFloatArray()[0];
      assertThat(change).as("residual " + i).isGreaterThan(i == 0 ? -1f : 1e-4f);
    }
  }

  @Test
  void aControlReachesEveryLevelUndamped() {
    int width = 64;
    LocalEncoder encoder =
        new LocalEncoder(12, List.of(32, 64), List.of(width, width, width, width));
    float[] identity = new float[width * width * 3];
    for (int c = 0; c < width; c++) {
      identity[(c * width + c) * 3 + 1] = 1;
    }
    for (Pair<String, Parameter> pair : encoder.getParameters()) {
      if (pair.getKey().startsWith("zero_convs.") && pair.getKey().endsWith(".weight")) {
        pair.getValue()
            .setInitializer(
                maestro.tensor.nn.Initial.of(FloatTensor.of(identity, width, width, 3, 1)));
      }
    }
    encoder.initialize(eager.manager, DataType.FLOAT32);
    float[] tune = new float[12 * 128];
    for (int t = 0; t < 128; t++) {
      tune[t / 16 * 128 + t] = 1;
    }
    NDArray melody = eager.array(FloatTensor.of(tune, 1, 12, 128, 1));
    NDList with = eager.run(encoder, melody);
    NDList without = eager.run(encoder, melody.zerosLike());
    for (int level = 0; level < 4; level++) {
      float change = with.get(level).sub(without.get(level)).square().mean().toFloatArray()[0];
      assertThat(change).as("level " + level).isBetween(0.005f, 3f);
    }
  }

  @Test
  void oneZeroConvolutionSteersOnlyItsOwnResidual() {
    ControlBranch branch = fresh();
    branch.getParameters().get("zero_convs.4.0.bias").getArray().addi(0.5f);
    NDArray[] three = inputs();
    NDList residuals =
        eager.run(
            branch,
            three[0],
            three[1],
            three[2],
            eager.array(Tiny.melody()),
            eager.array(Tiny.dynamics()));
    for (int i = 0; i < residuals.size(); i++) {
      float most = residuals.get(i).abs().max().getFloat();
      assertThat(most).as("residual " + i).isEqualTo(i == 4 ? 0.5f : 0);
    }
  }

  @Test
  void anyControlGetsItsEncoder() {
    ControlConfig controls =
        new ControlConfig(Map.of("rhythm", 3), List.of(16, 32), ControlConfig.Injection.ENTRY);
    ControlBranch branch = eager.fill(new ControlBranch(CONFIG, controls), "s_control.");
    assertThat(branch.getParameters().get("local.rhythm.pre.0.weight").getShape())
        .isEqualTo(new Shape(16, 3, 3, 1));
    assertThat(branch.getParameters().contains("local.rhythm.extractors.1.weight")).isFalse();
    NDArray[] three = inputs();
    NDArray rhythm = eager.random("input:rhythm", 1, 3, 128, 1);
    NDList steered = eager.run(branch, three[0], three[1], three[2], rhythm);
    NDList still = eager.run(branch, three[0], three[1], three[2], rhythm.mul(0));
    assertThat(steered.get(0).sub(still.get(0)).abs().max().getFloat()).isGreaterThan(1e-3f);
  }

  @Test
  void aNewAdapterChangesNothingAndMergesToTheSame() {
    UNet unet = eager.fill(new UNet(CONFIG), "unet.");
    ControlBranch branch = eager.fill(new ControlBranch(CONFIG, Tiny.controls()), "s_control.");
    final FloatTensor before = steered(unet, branch);
    branch.attachLora(4, 4);
    branch.initialize(eager.manager, DataType.FLOAT32);
    branch.freezeParameters(true);
    assertThat(steered(unet, branch)).isEqualTo(before);

    for (Pair<String, Parameter> pair : branch.getParameters()) {
      if (pair.getKey().endsWith("lora_B.weight")) {
        NDArray up = pair.getValue().getArray();
        up.set(
            maestro.checkpoint.FillRule.tensor(pair.getKey(), up.getShape().getShape()).values());
      }
    }
    final FloatTensor adapted = steered(unet, branch);
    assertThat(adapted).isNotEqualTo(before);

    List<Linear> sites = branch.adapterSites();
    assertThat(sites).hasSize(70);
    float[] weight =
        branch
            .getParameters()
            .get("middle_block.1.transformer_blocks.0.attn1.to_q.weight")
            .getArray()
            .toFloatArray();
    sites.forEach(Linear::mergeLora);
    sites.forEach(Linear::unmergeLora);
    float[] restored =
        branch
            .getParameters()
            .get("middle_block.1.transformer_blocks.0.attn1.to_q.weight")
            .getArray()
            .toFloatArray();
    assertThat(restored).usingComparatorWithPrecision(1e-6f).containsExactly(weight);

    branch.mergeLora();
    assertThat(branch.getParameters().stream()).noneMatch(p -> p.getKey().contains("lora"));
    Golden.same(steered(unet, branch), adapted, 1e-4);
  }

  @Test
  void refusesALatentThatCannotBeHalved() {
    UNet unet = eager.fill(new UNet(CONFIG), "unet.");
    NDArray odd = eager.random("input:odd", 1, 8, 36, 16);
    NDArray[] three = inputs();
    assertThatThrownBy(() -> eager.run(unet, odd, three[1], three[2]))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("36 x 16 is not a multiple of 8");
  }

  @Test
  void refusesAControlOfAnotherLength() {
    ControlBranch branch = eager.fill(new ControlBranch(CONFIG, Tiny.controls()), "s_control.");
    NDArray[] three = inputs();
    NDArray melody = eager.array(Tiny.melody());
    NDArray brief = eager.random("input:dyn", 1, 1, 64, 1);
    assertThatThrownBy(() -> eager.run(branch, three[0], three[1], three[2], melody, brief))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("64 frames does not fit a latent of 32 columns");
  }

  @Test
  void learnsTheZeroConvolutionsFirst() {
    UNet unet = eager.fill(new UNet(CONFIG), "unet.");
    ControlBranch branch = fresh();
    branch.freezeParameters(false, p -> true);
    Denoiser denoiser = new Denoiser(unet, branch);
    NDArray[] three = inputs();
    NDList inputs =
        new NDList(
            three[0], three[1], three[2], eager.array(Tiny.melody()), eager.array(Tiny.dynamics()));
    try (var collector = eager.manager.getEngine().newGradientCollector()) {
      NDArray noise =
          denoiser
              .forward(new ParameterStore(eager.manager, false), inputs, true)
              .singletonOrThrow();
      collector.backward(noise.square().mean());
    }
    assertThat(gradient(branch, "zero_convs.4.0.weight")).isGreaterThan(0);
    assertThat(gradient(branch, "middle_block_out.0.weight")).isGreaterThan(0);
    assertThat(gradient(branch, "input_blocks.4.0.in_layers.2.weight")).isZero();
  }

  private static float gradient(ControlBranch branch, String name) {
    return branch.getParameters().get(name).getArray().getGradient().abs().max().getFloat();
  }
}
