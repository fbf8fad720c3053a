package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.sound.Mel;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.FillRule;
import maestro.contracts.LatentCodecContract;
import maestro.contracts.TestPack;
import maestro.contracts.TestRun;
import maestro.tensor.onnx.OnnxEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The codec on small packs, compiled. */
final class MusicVaeCodecTest extends LatentCodecContract {
  @TempDir Path folder;

  private final OnnxEngine engine = new OnnxEngine(2);

  @Override
  protected LatentCodec codec() {
    return new MusicVaeCodec(engine);
  }

  @Override
  protected ModelPack pack() {
    return TestPack.of(TinyPack.vae(folder));
  }

  @Test
  void aWildLatentIsCutAndSaidSo() {
    TestRun run = new TestRun(7, pack());
    try (LatentCodec.Session session = codec().open(run)) {
      Latent wild = new Latent(8, 32, 16, Tiny.latent().values());
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

  private LatentCodec.Format formatOf(Map<String, Object> architecture) {
    Path nowhere = folder.resolve("nowhere.safetensors");
    PackPart vae = new PackPart("vae", nowhere, "vae", architecture);
    return codec().format(new TestRun(7, TestPack.of(vae)));
  }

  @Test
  void itsFormatIsInTheDescriptionAlone() {
    assertThat(formatOf(Map.of())).isEqualTo(LatentCodec.Format.PAPER);
    assertThat(
            formatOf(
                Map.of(
                    "sampleRateHz",
                    48_000,
                    "hopSamples",
                    480,
                    "melBands",
                    128,
                    "latentChannels",
                    16,
                    "multipliers",
                    java.util.List.of(1, 2, 4, 4))))
        .isEqualTo(new LatentCodec.Format(48_000, 480, 128, 16, 8, 8));
    assertThatThrownBy(() -> formatOf(Map.of("melBands", 66)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("'melBands' is 66, must be a multiple of 4");
    assertThatThrownBy(() -> formatOf(Map.of("hopSamples", 0)))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("'hopSamples' is 0, must be 1 or more");
    assertThatThrownBy(() -> codec().format(new TestRun()))
        .hasMessageContaining("codec.music-vae: the recipe names no model pack");
    assertThatThrownBy(() -> codec().open(new TestRun(7, TestPack.of())))
        .hasMessageContaining("the pack test has no weights for the part 'vae'");
  }

  @Test
  void refusesALengthItCannotCompressAndALatentOfOtherChannels() {
    try (LatentCodec.Session session = codec().open(new TestRun(7, pack()))) {
      assertThatThrownBy(() -> session.encode(new Mel(66, 64, new float[66 * 64])))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("66 mel frames are not a multiple of 4");
      assertThatThrownBy(() -> session.decode(new Latent(4, 16, 16, new float[1_024])))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("the latent has 4 channels");
    }
  }

  @Test
  void codecStagesUndoTheScaleFactor() {
    LatentStages stages = new LatentStages(engine);
    TestRun run = new TestRun(7, pack());
    FloatTensor mel = FloatTensor.of(FillRule.random("input:mel", 64 * 64), 1, 64, 64);
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
}
