package maestro.embedding.melstatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maestro.api.MaestroException;
import maestro.api.metric.AudioEmbedding;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.contracts.AudioEmbeddingContract;
import maestro.contracts.TestRun;
import maestro.signal.LogMel;
import org.junit.jupiter.api.Test;

final class MelStatisticsTest extends AudioEmbeddingContract {
  @Override
  protected AudioEmbedding embedding() {
    return new MelStatistics();
  }

  @Test
  void hearsTenPatchesInTenSeconds() {
    Sound sound = Sound.mono(new float[160_000], 16_000);
    float[][] patches = embedding().hear(sound, new TestRun()).embeddings();
    assertThat(patches).hasNumberOfRows(10);
    assertThat(patches[9][0]).isEqualTo(-11.512925f);
    assertThat(patches[9][64]).isZero();
  }

  @Test
  void meansAreThoseOfTheMel() {
    float[] samples = new float[96 * 160];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (0.5 * Math.sin(n * 0.2) * n / samples.length);
    }
    Mel mel = new LogMel().mel(samples);
    double mean = 0;
    for (int t = 0; t < 96; t++) {
      mean += mel.values()[t * 64 + 8] / 96.0;
    }
    float[] patch = embedding().hear(Sound.mono(samples, 16_000), new TestRun()).embeddings()[0];
    assertThat(patch[8]).isEqualTo((float) mean);
    assertThat(patch[72]).isPositive();
  }

  @Test
  void refusesAnEmptySound() {
    assertThatThrownBy(() -> embedding().hear(Sound.mono(new float[0], 16_000), new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("the sound is empty");
  }
}
