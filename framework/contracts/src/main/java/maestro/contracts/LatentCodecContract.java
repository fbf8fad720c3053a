package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maestro.api.MaestroException;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link LatentCodec}. Extend it and return your codec. */
public abstract class LatentCodecContract {
  /** The codec under test. */
  protected abstract LatentCodec codec();

  /** The pack the codec reads from; null for one without weights. */
  protected ModelPack pack() {
    return null;
  }

  private RunContext run() {
    return new TestRun(7, pack());
  }

  private LatentCodec.Format format() {
    return codec().format(run());
  }

  /** At least 64, as many as the codec takes. */
  private int frames() {
    int multiple = format().frameMultiple();
    return (64 + multiple - 1) / multiple * multiple;
  }

  private Latent noise() {
    Latent zeros = format().zeros(frames());
    return zeros.with(new Noise(2).gaussian("latent", zeros.values().length));
  }

  @Test
  void saysWhatItsAutoencoderWasMadeFor() {
    LatentCodec.Format format = format();
    assertThat(codec().format(run())).isEqualTo(format);
    assertThat(format.sampleRateHz()).isPositive();
    assertThat(format.hopSamples()).isPositive();
    assertThat(format.latentChannels()).isPositive();
    assertThat(format.melBands()).isPositive();
    assertThat(format.melBands() % format.compression()).isZero();
    assertThat(format.frameMultiple() % format.compression()).isZero();
  }

  @Test
  void codesAndDecodesAMelOfTheSameLength() {
    try (LatentCodec.Session session = codec().open(run())) {
      Mel mel = session.decode(noise());
      assertThat(mel.frames()).isEqualTo(frames());
      assertThat(mel.bands()).isEqualTo(format().melBands());
      for (float value : mel.values()) {
        assertThat(value).isFinite();
      }
      Latent latent = session.encode(mel);
      Latent zeros = format().zeros(frames());
      assertThat(new int[] {latent.channels(), latent.frames(), latent.bands()})
          .containsExactly(zeros.channels(), zeros.frames(), zeros.bands());
    }
  }

  @Test
  void saysTheSameTwiceAndLeavesWhatItWasGivenAsItWas() {
    try (LatentCodec.Session session = codec().open(run())) {
      Latent latent = noise();
      float[] before = latent.values().clone();
      Mel mel = session.decode(latent);
      assertThat(latent.values()).containsExactly(before);
      assertThat(session.decode(latent).values()).containsExactly(mel.values());
      float[] heard = mel.values().clone();
      Latent coded = session.encode(mel);
      assertThat(mel.values()).containsExactly(heard);
      assertThat(session.encode(mel).values()).containsExactly(coded.values());
    }
  }

  @Test
  void refusesAMelOfOtherBands() {
    try (LatentCodec.Session session = codec().open(run())) {
      int bands = format().melBands() + format().compression();
      Mel mel = new Mel(frames(), bands, new float[frames() * bands]);
      assertThatThrownBy(() -> session.encode(mel)).isInstanceOf(MaestroException.class);
    }
  }
}
