package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Block;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Denoiser.ControlFormat;
import maestro.api.latent.Denoiser.Format;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Weight;
import maestro.contracts.DenoiserContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The denoiser on small packs, compiled. */
final class VmUnetDenoiserTest extends DenoiserContract {
  @TempDir Path folder;

  private final OnnxEngine engine = new OnnxEngine(2);

  @Override
  protected maestro.api.latent.Denoiser denoiser() {
    return new VmUnetDenoiser(engine, false, Set.of("film"));
  }

  @Override
  protected ModelPack pack() {
    return TinyPack.withBranch(folder);
  }

  private static Latent latent() {
    return new Latent(8, 32, 16, Tiny.latent().values());
  }

  private static FilmCondition film() {
    return new FilmCondition(TinyPack.film(), Map.of());
  }

  /** [1, C, T, 1] to [T, C]. */
  private static ControlSignal signal(FloatTensor plane) {
    int channels = plane.axis(1);
    int frames = plane.axis(2);
    float[] values = new float[frames * channels];
    for (int t = 0; t < frames; t++) {
      for (int c = 0; c < channels; c++) {
        values[t * channels + c] = plane.values()[c * frames + t];
      }
    }
    return new ControlSignal(frames, channels, values);
  }

  private static Map<String, ControlSignal> controls() {
    return Map.of("melody", signal(Tiny.melody()), "dynamics", signal(Tiny.dynamics()));
  }

  private float[] predict(
      VmUnetDenoiser model, ModelPack pack, Map<String, ControlSignal> controls) {
    try (maestro.api.latent.Denoiser.Session session = model.open(new TestRun(7, pack))) {
      return session.predictor(film(), controls, 1).predict(latent(), 500).values();
    }
  }

  @Test
  void givesTheReferenceNumbersWithBranch() {
    float[] noise = predict(new VmUnetDenoiser(engine, false, Set.of("film")), pack(), controls());
    Golden.check(
        FloatTensor.of(noise, 1, 8, 32, 16),
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
  void runsTheBranchWithZerosUnlessToldToBypassIt() {
    float[] zeros = predict(new VmUnetDenoiser(engine, false, Set.of("film")), pack(), Map.of());
    Golden.check(
        FloatTensor.of(zeros, 1, 8, 32, 16),
        -.09770989,
        .6016183,
        -.1371833,
        -.504513,
        -.0201667,
        2.187874,
        -.3657764,
        -1.792849,
        .2287717);
    float[] bypassed = predict(new VmUnetDenoiser(engine, true, Set.of("film")), pack(), Map.of());
    assertThat(bypassed)
        .isEqualTo(
            predict(
                new VmUnetDenoiser(engine, false, Set.of("film")),
                TinyPack.plain(folder),
                Map.of()));
  }

  /** The S-Control Branch as a bundle of its own would bring it. */
  private static final class OtherBundlesNet implements ControlNet {
    private final String prefix;
    private final String[] names;

    /**
     * Names of the melody and of the dynamics control, in their order; the prefix of the fill rule.
     */
    OtherBundlesNet(String prefix, String... names) {
      this.prefix = prefix;
      this.names = names;
    }

    @Override
    public Map<String, ControlFormat> controls() {
      return Map.of(names[0], new ControlFormat(12, 0, 1), names[1], new ControlFormat(1, 0, 1));
    }

    @Override
    public Block block(UNetConfig unet) {
      Map<String, Integer> sorted = new TreeMap<>(Map.of(names[0], 12, names[1], 1));
      return new ControlBranch(
          unet,
          new ControlConfig(sorted, Tiny.controls().preWidths(), Tiny.controls().injection()));
    }

    @Override
    public Map<String, Weight> weights(UNetConfig unet) {
      return CompiledTest.weights(block(unet), prefix);
    }
  }

  private float[] withNet(ModelPack pack, ControlNet net, double scale, String... controls) {
    Map<String, ControlSignal> signals =
        Map.of(controls[0], signal(Tiny.melody()), controls[1], signal(Tiny.dynamics()));
    try (maestro.api.latent.Denoiser.Session session =
        new VmUnetDenoiser(engine, false, Set.of("film", controls[0]))
            .open(new TestRun(7, pack), Map.of("control-net.other", net))) {
      return session.predictor(film(), signals, scale).predict(latent(), 500).values();
    }
  }

  @Test
  void aControlNetOfAnotherBundleDoesWhatTheBranchDoes() {
    ControlNet same = new OtherBundlesNet("s_control.", "melody", "dynamics");
    for (int scale : new int[] {1, 3}) {
      float[] branch;
      try (maestro.api.latent.Denoiser.Session session =
          new VmUnetDenoiser(engine, false, Set.of("film", "melody"))
              .open(new TestRun(7, pack()))) {
        branch = session.predictor(film(), controls(), scale).predict(latent(), 500).values();
      }
      assertThat(withNet(TinyPack.plain(folder), same, scale, "melody", "dynamics"))
          .as("guidance " + scale)
          .isEqualTo(branch);
    }
  }

  /** Beside the branch it steers by controls of its own, and without them hears zeros. */
  @Test
  void aSecondControlNetAddsToTheBranch() {
    ControlNet second = new OtherBundlesNet("other.", "tune", "level");
    float[] both = withNet(pack(), second, 1, "tune", "level");
    float[] branchAlone = predict(new VmUnetDenoiser(engine, false, Set.of()), pack(), Map.of());
    float[] netAlone = withNet(TinyPack.plain(folder), second, 1, "tune", "level");
    assertThat(both).isNotEqualTo(branchAlone).isNotEqualTo(netAlone);
  }

  @Test
  void refusesWhatIsNoControlNetForIt() {
    assertThatThrownBy(
            () ->
                new VmUnetDenoiser(engine, false, Set.of())
                    .open(new TestRun(7, pack()), Map.of("control-net.alien", Map::of)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("control-net.alien")
        .hasMessageContaining("is no control net for VM-UNet");
  }

  private float[] guided(String... names) {
    try (maestro.api.latent.Denoiser.Session session =
        new VmUnetDenoiser(engine, false, Set.of(names)).open(new TestRun(7, pack()))) {
      return session.predictor(film(), controls(), 3).predict(latent(), 500).values();
    }
  }

  @Test
  void guidanceIsOnWhatIsNamed() {
    float[] all = predict(new VmUnetDenoiser(engine, false, Set.of()), pack(), controls());
    float[] without =
        predict(
            new VmUnetDenoiser(engine, false, Set.of()),
            pack(),
            Map.of("dynamics", signal(Tiny.dynamics())));
    float[] expected = new float[all.length];
    for (int i = 0; i < all.length; i++) {
      expected[i] = without[i] + 3 * (all[i] - without[i]);
    }
    Golden.same(
        FloatTensor.of(guided("melody"), 1, 8, 32, 16),
        FloatTensor.of(expected, 1, 8, 32, 16),
        1e-4);
    assertThat(guided()).isEqualTo(all);
    assertThat(guided("film")).isNotEqualTo(all).isNotEqualTo(guided("film", "melody"));
    assertThatThrownBy(() -> guided("film", "melodie"))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("'melodie'");
  }

  @Test
  void theGuidanceMayBeOnAPartOfTheFilmAlone() {
    float[] half = TinyPack.film();
    for (int i = 0; i < half.length; i += 2) {
      half[i] = 0;
    }
    try (maestro.api.latent.Denoiser.Session session =
        new VmUnetDenoiser(engine, false, Set.of("film")).open(new TestRun(7, pack()))) {
      FilmCondition part = new FilmCondition(TinyPack.film(), Optional.of(half), Map.of());
      float[] with = session.predictor(film(), controls(), 1).predict(latent(), 500).values();
      float[] without =
          session
              .predictor(new FilmCondition(half, Map.of()), controls(), 1)
              .predict(latent(), 500)
              .values();
      float[] expected = new float[with.length];
      for (int i = 0; i < with.length; i++) {
        expected[i] = without[i] + 3 * (with[i] - without[i]);
      }
      Golden.same(
          FloatTensor.of(
              session.predictor(part, controls(), 3).predict(latent(), 500).values(), 1, 8, 32, 16),
          FloatTensor.of(expected, 1, 8, 32, 16),
          1e-4);
    }
  }

  @Test
  void adaptersAreMergedWhenAPackIsOpened() {
    VmUnetDenoiser model = new VmUnetDenoiser(engine, false, Set.of("film"));
    float[] opened = predict(model, TinyPack.withAdapters(folder, false), controls());
    assertThat(opened).isEqualTo(predict(model, TinyPack.withAdapters(folder, true), controls()));
    assertThat(opened).isNotEqualTo(predict(model, TinyPack.plain(folder), Map.of()));
  }

  @Test
  void namesOfAdaptersInOtherStyles() {
    String module = "middle_block.1.transformer_blocks.0.attn1.to_out.0";
    for (String other :
        new String[] {
          module + ".lora_A",
          module + ".lora_A.weight",
          module + ".lora_A.default.weight",
          "s_control." + module + ".lora_A.weight",
          "base_model.model." + module + ".lora_A.default.weight"
        }) {
      assertThat(LoraWeights.plainName(other)).isEqualTo(module + ".lora_A.weight");
    }
    assertThat(LoraWeights.plainName(module + ".base_layer.weight")).isEqualTo(module + ".weight");
    assertThat(LoraWeights.plainName("zero_convs.0.0.bias")).isEqualTo("zero_convs.0.0.bias");
  }

  @Test
  void saysWhatThePackLacks() {
    assertThatThrownBy(() -> denoiser().open(new TestRun()))
        .hasMessageContaining("denoiser.vm-unet: the recipe names no model pack");
    assertThatThrownBy(() -> denoiser().open(new TestRun(7, TestPack.of(TinyPack.vae(folder)))))
        .hasMessageContaining("the pack test has no weights for the part 'denoiser'");
    PackPart vae = TinyPack.vae(folder);
    PackPart odd = new PackPart("denoiser", vae.weights(), "odd", Map.of("modelChannels", "many"));
    assertThatThrownBy(() -> denoiser().open(new TestRun(7, TestPack.of(odd, vae))))
        .hasMessageContaining("'modelChannels' is many, must be a whole number");
    PackPart foreign = new PackPart("denoiser", vae.weights(), "foreign", Map.of());
    try (maestro.api.latent.Denoiser.Session session =
        denoiser().open(new TestRun(7, TestPack.of(foreign, vae)))) {
      FilmCondition wide = new FilmCondition(new float[512], Map.of());
      assertThatThrownBy(() -> session.predictor(wide, Map.of(), 2).predict(latent(), 1))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("time_embed.0.weight");
    }
  }

  @Test
  void refusesALatentThatCannotBeHalved() {
    try (maestro.api.latent.Denoiser.Session session =
        denoiser().open(new TestRun(7, TinyPack.plain(folder)))) {
      NoisePredictor predictor = session.predictor(film(), Map.of(), 1);
      assertThatThrownBy(() -> predictor.predict(new Latent(8, 250, 16, new float[32_000]), 500))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("[8, 250, 16]")
          .hasMessageContaining("multiples of 8");
      assertThatThrownBy(() -> predictor.predict(new Latent(4, 32, 16, new float[2_048]), 500))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("[8, T, F]");
    }
  }

  private Format formatOf(Map<String, Object> denoiser, Map<String, Object> branch) {
    Path nowhere = folder.resolve("nowhere.safetensors");
    PackPart first = new PackPart("denoiser", nowhere, "denoiser", denoiser);
    TestPack pack =
        branch == null
            ? TestPack.of(first)
            : TestPack.of(first, new PackPart("branch", nowhere, "branch", branch));
    return denoiser().format(new TestRun(7, pack));
  }

  @Test
  void itsFormatIsInTheDescriptionAlone() {
    assertThat(formatOf(Map.of("latentChannels", 4, "filmWidth", 64), null))
        .isEqualTo(new Format(4, 64, Map.of()));
    Map<String, Object> figures = Map.of("channels", 1, "mean", 40, "deviation", 12.5);
    assertThat(
            formatOf(
                Map.of(),
                Map.of("controls", Map.of("dynamics", figures, "onsets", Map.of("channels", 2)))))
        .isEqualTo(
            new Format(
                8,
                512,
                Map.of(
                    "dynamics",
                    new ControlFormat(1, 40, 12.5),
                    "onsets",
                    new ControlFormat(2, 0, 1))));
    assertThat(
            formatOf(
                    Map.of(),
                    Map.of(
                        "controls",
                        Map.of("dynamics", Map.of("channels", 1, "mean", 40, "deviation", 0))))
                .controls())
        .containsEntry("dynamics", new ControlFormat(1, 0, 1));
    assertThat(formatOf(Map.of("controls", Map.of("dynamics", figures)), null).controls())
        .containsEntry("dynamics", new ControlFormat(1, 0, 1));
    assertThatThrownBy(() -> denoiser().format(new TestRun(7, TestPack.of())))
        .hasMessageContaining("the pack test has no weights for the part 'denoiser'");
  }

  @Test
  void stagesTakeBatches() {
    LatentStages stages = new LatentStages(engine);
    TestRun run = new TestRun(7, pack());
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    inputs.put("latent", twice(Tiny.latent()));
    inputs.put("timestep", FloatTensor.of(new float[] {500, 500}, 2));
    inputs.put("film", twice(Tiny.film()));
    inputs.put("melody", twice(FloatTensor.of(controls().get("melody").values(), 1, 128, 12)));
    inputs.put("dynamics", twice(FloatTensor.of(controls().get("dynamics").values(), 1, 128, 1)));
    FloatTensor noise = stages.run("denoiser", named(inputs), run).get("eps");
    int half = noise.values().length / 2;
    for (int item = 0; item < 2; item++) {
      Golden.check(
          FloatTensor.of(
              Arrays.copyOfRange(noise.values(), item * half, (item + 1) * half), 1, 8, 32, 16),
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

    inputs.put("guidance_scale", FloatTensor.of(new float[] {1}, 1));
    Golden.same(stages.run("guided-denoiser", named(inputs), run).get("eps"), noise, 1e-4);

    inputs.remove("film");
    assertThatThrownBy(() -> stages.run("denoiser", named(inputs), run))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("denoiser: there is no tensor 'film'");
  }

  private static NamedTensors named(Map<String, FloatTensor> tensors) {
    return new NamedTensors(tensors, Map.of());
  }

  private static FloatTensor twice(FloatTensor one) {
    float[] both = Arrays.copyOf(one.values(), 2 * one.values().length);
    System.arraycopy(one.values(), 0, both, one.values().length, one.values().length);
    long[] shape = one.shape().clone();
    shape[0] = 2;
    return new FloatTensor(shape, both);
  }
}
