package maestro.contracts;

import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;

/** The contract takes a vocoder of another rate, hop and number of channels than the paper's. */
final class StereoVocoderTest extends VocoderContract {
  private static final int RATE = 48_000;
  private static final int HOP = 480;

  @Override
  protected Vocoder vocoder() {
    return (mel, run) -> {
      float[][] channels = new float[2][HOP * mel.frames()];
      for (int n = 0; n < channels[0].length; n++) {
        double level = Math.min(1, Math.exp(mel.values()[n / HOP * mel.bands() + 8]));
        channels[0][n] = (float) (level * Math.sin(0.1 * n));
        channels[1][n] = (float) (level * Math.cos(0.1 * n));
      }
      return new Sound(channels, RATE);
    };
  }

  @Override
  protected int sampleRateHz() {
    return RATE;
  }

  @Override
  protected int hopSamples() {
    return HOP;
  }

  @Override
  protected int channels() {
    return 2;
  }
}
