package maestro.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import maestro.api.pack.ModelPack;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import org.junit.jupiter.api.Test;

/** What a host expects of every {@link Vocoder}. Extend it and return your vocoder. */
public abstract class VocoderContract {
  /** ln 1e-5, the value of silence in a mel. */
  private static final float SILENCE = -11.512925f;

  /** The vocoder under test. */
  protected abstract Vocoder vocoder();

  /** The pack a vocoder with weights reads from; null for one without. */
  protected ModelPack pack() {
    return null;
  }

  /** Rate of the sound it makes, in Hz. */
  protected int sampleRateHz() {
    return 16_000;
  }

  /** Samples it makes for each frame of the mel. */
  protected int hopSamples() {
    return 160;
  }

  /** Channels of the sound it makes. */
  protected int channels() {
    return 1;
  }

  @Test
  void makesAsManySamplesForEachFrameAsItSaysWithinFullScale() {
    for (int frames : new int[] {1, 17, 64}) {
      check(vocoder().vocode(chord(frames), new TestRun(7, pack())), frames);
    }
  }

  @Test
  void makesTheSameSoundTwiceAndLeavesTheMelAsItWas() {
    Mel mel = chord(48);
    float[] before = mel.values().clone();
    Sound first = vocoder().vocode(mel, new TestRun(7, pack()));
    assertThat(mel.values()).containsExactly(before);
    assertThat(vocoder().vocode(mel, new TestRun(7, pack())).channels())
        .isDeepEqualTo(first.channels());
  }

  @Test
  void copesWithSilenceAndWithALevelNobodyRecorded() {
    float[] silent = new float[32 * 64];
    Arrays.fill(silent, SILENCE);
    check(vocoder().vocode(new Mel(32, 64, silent), new TestRun(7, pack())), 32);
    float[] loud = new float[32 * 64];
    Arrays.fill(loud, 6);
    check(vocoder().vocode(new Mel(32, 64, loud), new TestRun(7, pack())), 32);
  }

  private void check(Sound sound, int frames) {
    assertThat(sound.sampleRateHz()).isEqualTo(sampleRateHz());
    assertThat(sound.channels()).hasNumberOfRows(channels());
    assertThat(sound.length()).isEqualTo(hopSamples() * frames);
    for (float[] channel : sound.channels()) {
      for (float sample : channel) {
        assertThat(sample).isBetween(-1f, 1f);
      }
    }
  }

  private static Mel chord(int frames) {
    float[] values = new float[frames * 64];
    Arrays.fill(values, SILENCE);
    for (int t = 0; t < frames; t++) {
      for (int band : new int[] {6, 8, 11, 17}) {
        values[t * 64 + band] = 0.5f - 0.02f * t;
      }
    }
    return new Mel(frames, 64, values);
  }
}
