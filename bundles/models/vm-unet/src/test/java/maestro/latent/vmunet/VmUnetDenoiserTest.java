package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.contracts.LatentModelContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service on small packs, compiled. */
final class VmUnetTest extends LatentModelContract {
  @TempDir Path folder;

  private final OnnxEngine engine = new OnnxEngine(2);

  @Override
  protected LatentModel model() {
    return new VmUnet(engine, false, Set.of("film"));
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

  private float[] predict(VmUnet model, ModelPack pack, Map<String, ControlSignal> controls) {
    try (LatentModel.Session session = model.open(new TestRun(7, pack))) {
      return session.predictor(film(), controls, 1).predict(latent(), 500).values();
    }
  }

  @Test
  void givesTheReferenceNumbersWithBranch() {
    float[] noise = predict(new VmUnet(engine, false, Set.of("film")), pack(), controls());
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
    float[] zeros = predict(new VmUnet(engine, false, Set.of("film")), pack(), Map.of());
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
    float[] bypassed = predict(new VmUnet(engine, true, Set.of("film")), pack(), Map.of());
    assertThat(bypassed)
        .isEqualTo(
            predict(new VmUnet(engine, false, Set.of("film")), TinyPack.plain(folder), Map.of()));
  }

  private float[] guided(String... names) {
    try (LatentModel.Session session =
        new VmUnet(engine, false, Set.of(names)).open(new TestRun(7, pack()))) {
      return session.predictor(film(), controls(), 3).predict(latent(), 500).values();
    }
  }

  @Test
  void guidanceIsOnWhatIsNamed() {
    float[] all = predict(new VmUnet(engine, false, Set.of()), pack(), controls());
    float[] without =
        predict(
            new VmUnet(engine, false, Set.of()),
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
    try (LatentModel.Session session =
        new VmUnet(engine, false, Set.of("film")).open(new TestRun(7, pack()))) {
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
    VmUnet model = new VmUnet(engine, false, Set.of("film"));
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
  void aWildLatentIsCutAndSaidSo() {
    TestRun run = new TestRun(7, pack());
    try (LatentModel.Session session = model().open(run)) {
      Latent wild = latent();
      float[] values = wild.values().clone();
      values[3] = -250;
      float[] tamed = values.clone();
      tamed[3] = -10;
      float[] expected = session.decode(wild.with(tamed)).values();
      assertThat(run.remarks()).isEmpty();
      assertThat(session.decode(wild.with(values)).values()).isEqualTo(expected);
      assertThat(run.remarks()).hasSize(1);
      values[3] = Float.NaN;
      assertThatThrownBy(() -> session.decode(wild.with(values)))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("not a number");
    }
  }

  @Test
  void saysWhatThePackLacks() {
    assertThatThrownBy(() -> model().open(new TestRun()))
        .hasMessageContaining("latent.vm-unet: the recipe names no model pack");
    assertThatThrownBy(() -> model().open(new TestRun(7, TestPack.of(TinyPack.vae(folder)))))
        .hasMessageContaining("the pack test has no weights for the part 'denoiser'");
    PackPart vae = TinyPack.vae(folder);
    PackPart odd = new PackPart("denoiser", vae.weights(), "odd", Map.of("modelChannels", "many"));
    assertThatThrownBy(() -> model().open(new TestRun(7, TestPack.of(odd, vae))))
        .hasMessageContaining("'modelChannels' is many, must be a whole number");
    PackPart foreign = new PackPart("denoiser", vae.weights(), "foreign", Map.of());
    try (LatentModel.Session session = model().open(new TestRun(7, TestPack.of(foreign, vae)))) {
      FilmCondition wide = new FilmCondition(new float[512], Map.of());
      assertThatThrownBy(() -> session.predictor(wide, Map.of(), 2).predict(latent(), 1))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("time_embed.0.weight");
    }
  }

  @Test
  void refusesALengthThatCannotBeHalved() {
    try (LatentModel.Session session = model().open(new TestRun(7, pack()))) {
      assertThatThrownBy(() -> session.shape(1000))
          .hasMessageContaining("1000 mel frames are not a multiple of 32");
      assertThat(session.shape(1024).values()).hasSize(8 * 256 * 16);
    }
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

  @Test
  void codecStagesUndoTheScaleFactor() {
    LatentStages stages = new LatentStages(engine);
    TestRun run = new TestRun(7, pack());
    FloatTensor mel =
        FloatTensor.of(maestro.tensor.checkpoint.FillRule.random("input:mel", 64 * 64), 1, 64, 64);
    NamedTensors coded = stages.run("vae-encode", NamedTensors.of("mel", mel), run);
    Golden.check(
        coded.get("moments"),
        .1403499,
        .5853678,
        -.1913577,
        .1246659,
        -.02567916,
        .2650027,
        .3381892,
        .152361,
        .380937);
    assertThat(coded.get("latent").values()[0]).isEqualTo(coded.get("moments").values()[0] * .5f);
    FloatTensor decoded =
        stages.run("vae-decode", NamedTensors.of("latent", coded.get("latent")), run).get("mel");
    Golden.check(
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
