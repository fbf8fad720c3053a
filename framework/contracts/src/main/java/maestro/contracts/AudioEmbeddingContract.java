package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import maestro.api.metric.AudioEmbedding;
import maestro.api.pack.ModelPack;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;

/** What a metric expects of every {@link AudioEmbedding}. Extend it and return your embedding. */
public abstract class AudioEmbeddingContract {
  /** The embedding under test. */
  protected abstract AudioEmbedding embedding();

  /** The pack an embedding with weights reads from; null for one without. */
  protected ModelPack pack() {
    return null;
  }

  @Test
  void hearsAnyRateLengthAndNumberOfChannels() {
    check(sound(16_000, 32_000));
    check(sound(44_100, 60_000));
    check(sound(16_000, 100));
    float[] left = sound(22_050, 30_000).channels()[0];
    check(new Sound(new float[][] {left, left.clone()}, 22_050));
  }

  @Test
  void hearsSilence() {
    check(Sound.mono(new float[32_000], 16_000));
  }

  @Test
  void hearsTheSameTwiceAndLeavesTheSoundAsItWas() {
    Sound sound = sound(16_000, 32_000);
    float[] before = sound.channels()[0].clone();
    AudioEmbedding.Heard first = embedding().hear(sound, new TestRun(7, pack()));
    assertThat(sound.channels()[0]).containsExactly(before);
    AudioEmbedding.Heard second = embedding().hear(sound, new TestRun(7, pack()));
    assertThat(second.logits()).containsExactly(first.logits());
    assertThat(second.embeddings()).isDeepEqualTo(first.embeddings());
  }

  private void check(Sound sound) {
    AudioEmbedding.Heard heard = embedding().hear(sound, new TestRun(7, pack()));
    assertThat(heard.embeddings()).isNotEmpty();
    assertThat(heard.logits()).hasSize(embedding().classes());
    for (float[] patch : heard.embeddings()) {
      assertThat(patch).hasSize(embedding().width());
      for (float value : patch) {
        assertThat(value).isFinite();
      }
    }
  }

  private static Sound sound(int rate, int length) {
    float[] samples = new Noise(7).gaussian("sound", length);
    for (int n = 0; n < length; n++) {
      samples[n] = (float) (0.05 * samples[n] + 0.4 * Math.sin(2 * Math.PI * 440 * n / rate));
    }
    return Sound.mono(samples, rate);
  }
}
