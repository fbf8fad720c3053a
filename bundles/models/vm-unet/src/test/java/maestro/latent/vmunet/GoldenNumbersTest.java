package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The networks give the numbers of AudioLDM's own classes (haoheliu/AudioLDM) for weights and
 * inputs by rule; for the branch, those of a prototype made of the same classes.
 */
final class GoldenNumbersTest {
  private final Eager eager = new Eager();

  @AfterEach
  void close() {
    eager.close();
  }

  private NDArray timestep() {
    return eager.manager.create(new float[] {500});
  }

  private NDArray[] inputs() {
    return new NDArray[] {eager.array(Tiny.latent()), timestep(), eager.array(Tiny.film())};
  }

  private void checkUNet(UNetConfig config, boolean zeroFilm, double... golden) {
    UNet unet = eager.fill(new UNet(config), "unet.");
    NDArray[] inputs = inputs();
    if (zeroFilm) {
      inputs[2] = inputs[2].mul(0);
    }
    check(eager.run(unet, inputs).singletonOrThrow(), golden);
  }

  private static void check(NDArray actual, double... golden) {
    Golden.check(
        Eager.tensor(actual),
        golden[0],
        golden[1],
        java.util.Arrays.copyOfRange(golden, 2, golden.length));
  }

  @Test
  void unetWithHeadsOf32Channels() {
    checkUNet(
        Tiny.unet(VideoConditioning.FILM),
        false,
        -.09404542,
        .5956229,
        -.1745301,
        -.1548228,
        -.2125501,
        .103545,
        -.415029,
        -.8155095,
        -.01198522);
  }

  @Test
  void unetWithoutFilm() {
    checkUNet(
        Tiny.unet(VideoConditioning.FILM),
        true,
        -.09347578,
        .5996309,
        -.1438515,
        -.1629866,
        -.2517302,
        .0893499,
        -.4611716,
        -.9358787,
        .05404774);
  }

  @Test
  void unetWithEightHeads() {
    checkUNet(
        Tiny.unet(HeadRule.fixed(8), VideoConditioning.FILM),
        false,
        -.09495905,
        .6023764,
        -.2145886,
        -.109769,
        .009116083,
        .2228439,
        -.3784837,
        -.8297479,
        -.06369422);
  }

  @Test
  void unetWithCrossAttention() {
    checkUNet(
        Tiny.unet(VideoConditioning.CROSS_ATTENTION),
        false,
        -.0966804,
        .5980374,
        -.2402498,
        -.3200925,
        -.09988457,
        .2094607,
        -.4102943,
        -.5240732,
        .225004);
  }

  @Test
  void aSingleTokenNeedsNoQueries() {
    UNet unet = eager.fill(new UNet(Tiny.unet(VideoConditioning.CROSS_ATTENTION)), "unet.");
    ParameterStore store = new ParameterStore(eager.manager, false);
    NDArray whole = unet.forward(store, new NDList(inputs()), true).singletonOrThrow();
    NDArray shortened = unet.forward(store, new NDList(inputs()), false).singletonOrThrow();
    Golden.same(Eager.tensor(shortened), Eager.tensor(whole), 2e-5);
  }

  private Denoiser denoiser(VideoConditioning conditioning, float scale) {
    UNetConfig config = Tiny.unet(conditioning);
    UNet unet = eager.fill(new UNet(config), "unet.");
    ControlBranch branch = eager.fill(new ControlBranch(config, Tiny.controls()), "s_control.");
    float[] scales = new float[13];
    java.util.Arrays.fill(scales, scale);
    return new Denoiser(unet, branch, scales);
  }

  private void checkDenoiser(
      VideoConditioning conditioning, float scale, boolean zeroControls, double... golden) {
    NDArray[] three = inputs();
    NDArray melody = eager.array(Tiny.melody());
    NDArray dynamics = eager.array(Tiny.dynamics());
    check(
        eager
            .run(
                denoiser(conditioning, scale),
                three[0],
                three[1],
                three[2],
                zeroControls ? melody.mul(0) : melody,
                zeroControls ? dynamics.mul(0) : dynamics)
            .singletonOrThrow(),
        golden);
  }

  @Test
  void localEncoders() {
    ControlBranch branch =
        eager.fill(
            new ControlBranch(Tiny.unet(VideoConditioning.FILM), Tiny.controls()), "s_control.");
    ParameterStore store = new ParameterStore(eager.manager, false);
    NDArray melody = eager.array(Tiny.melody());
    NDArray dynamics = eager.array(Tiny.dynamics());
    NDList mel = branch.localEncoder("melody").apply(store, melody, false);
    check(
        mel.get(0),
        -.008586736,
        .04812111,
        .03798423,
        .04242606,
        .09499799,
        -.003198283,
        .05445629,
        .05661586,
        -.01026667);
    check(
        mel.get(3),
        -.001157874,
        .03330255,
        -.01662151,
        -.02247023,
        -.02969657,
        .01884003,
        .02960186,
        -.05666131,
        .00741908);
    NDList dyn = branch.localEncoder("dynamics").apply(store, dynamics, false);
    check(
        dyn.get(0),
        -.0002786526,
        .0874253,
        -.1434254,
        -.1376944,
        -.06507789,
        .08752716,
        -.1134685,
        -.04093307,
        .09425119);
    check(
        dyn.get(3),
        .004055328,
        .03570344,
        -.01565726,
        -.01258323,
        -.01280801,
        .0009179068,
        .05659555,
        .06667066,
        -.05457262);
  }

  private NDList residuals(VideoConditioning conditioning) {
    ControlBranch branch =
        eager.fill(new ControlBranch(Tiny.unet(conditioning), Tiny.controls()), "s_control.");
    NDArray[] three = inputs();
    return eager.run(
        branch,
        three[0],
        three[1],
        three[2],
        eager.array(Tiny.melody()),
        eager.array(Tiny.dynamics()));
  }

  @Test
  void residualsOfTheBranchWithFilm() {
    NDList residuals = residuals(VideoConditioning.FILM);
    check(
        residuals.get(0),
        -.007187137,
        .554281,
        -1.219464,
        .8931276,
        .01697946,
        -1.036231,
        .3153999,
        -.204864,
        .1210869);
    check(
        residuals.get(1),
        -.01843374,
        .787456,
        .1929036,
        .6690708,
        -.04783709,
        -1.153392,
        .3098942,
        -2.460344,
        -.7380878);
    check(
        residuals.get(4),
        .06300573,
        1.711845,
        -2.154748,
        -.4891464,
        -.02159432,
        -.08742903,
        1.638381,
        .1330216,
        3.773258);
    check(
        residuals.get(12),
        -.1347487,
        3.623249,
        3.331733,
        -.5884054,
        4.314626,
        1.256512,
        5.002892,
        2.074828,
        3.824295);
  }

  @Test
  void residualsOfTheBranchWithCrossAttention() {
    NDList residuals = residuals(VideoConditioning.CROSS_ATTENTION);
    check(
        residuals.get(4),
        -.05847886,
        1.753215,
        -2.60147,
        .3454908,
        -.4567003,
        1.290066,
        .3899257,
        -.8260437,
        2.495459);
    check(
        residuals.get(12),
        -.02580961,
        4.21852,
        1.507726,
        1.387605,
        -.3284348,
        -.02424135,
        1.121735,
        .8155115,
        4.902968);
  }

  @Test
  void denoiserWithBranch() {
    checkDenoiser(
        VideoConditioning.FILM,
        1,
        false,
        -.09462054,
        .5914964,
        -.1284713,
        -.3757169,
        -.0942278,
        1.854812,
        -.3701901,
        -2.04159,
        .293919);
  }

  @Test
  void denoiserWithBranchAtHalfStrength() {
    checkDenoiser(
        VideoConditioning.FILM,
        .5f,
        false,
        -.09466288,
        .5923992,
        -.09671567,
        -.2946653,
        -.07944807,
        1.113228,
        -.4214374,
        -1.544248,
        .1014813);
  }

  @Test
  void denoiserWithZeroControls() {
    checkDenoiser(
        VideoConditioning.FILM,
        1,
        true,
        -.09457961,
        .5913731,
        -.1293968,
        -.3467157,
        -.06280475,
        1.841435,
        -.3768387,
        -2.114925,
        .3036808);
  }

  @Test
  void denoiserWithCrossAttention() {
    checkDenoiser(
        VideoConditioning.CROSS_ATTENTION,
        1,
        false,
        -.09773189,
        .601485,
        -.1244433,
        -.5211184,
        -.03460763,
        2.213215,
        -.3511232,
        -1.720778,
        .2339822);
  }

  @Test
  void denoiserWithCrossAttentionAndZeroControls() {
    checkDenoiser(
        VideoConditioning.CROSS_ATTENTION,
        1,
        true,
        -.09770989,
        .6016183,
        -.1371833,
        -.504513,
        -.0201667,
        2.187874,
        -.3657764,
        -1.792849,
        .2287717);
  }

  @Test
  void vae() {
    VaeConfig config = VaeConfig.of(32);
    VaeEncoder encoder = eager.fill(new VaeEncoder(config), "vae.");
    VaeDecoder decoder = eager.fill(new VaeDecoder(config), "vae.");
    NDArray mel = eager.random("input:mel", 1, 1, 64, 64);
    NDArray moments = eager.run(encoder, mel).singletonOrThrow();
    check(
        moments,
        .1403499,
        .5853678,
        -.1913577,
        .1246659,
        -.02567916,
        .2650027,
        .3381892,
        .152361,
        .380937);
    NDArray decoded = eager.run(decoder, moments.split(2, 1).get(0)).singletonOrThrow();
    check(
        decoded,
        .3711006,
        .6273296,
        -.01125975,
        .3037575,
        .5079854,
        .6688986,
        .15924,
        -.235966,
        -.02811231);
  }

  @Test
  void vaeAsAWhole() {
    MusicVae vae = eager.fill(new MusicVae(VaeConfig.of(32)), "vae.");
    NDArray mel = eager.random("input:mel", 1, 1, 64, 64);
    NDList out =
        eager.run(vae, mel, eager.manager.zeros(new ai.djl.ndarray.types.Shape(1, 8, 16, 16)));
    check(
        out.get(0),
        .3711006,
        .6273296,
        -.01125975,
        .3037575,
        .5079854,
        .6688986,
        .15924,
        -.235966,
        -.02811231);
  }
}
