package maestro.vocoder.griffinlim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.api.MaestroException;
import maestro.api.sound.Mel;
import maestro.api.sound.Vocoder;
import maestro.contracts.TestRun;
import maestro.contracts.VocoderContract;
import maestro.signal.LogMel;
import org.junit.jupiter.api.Test;

final class GriffinLimTest extends VocoderContract {
  @Override
  protected Vocoder vocoder() {
    return new GriffinLim(32, 0.99);
  }

  /**
   * A chord with a decay, through the mel and back: what is audible comes back within a quarter of
   * a neper on average.
   */
  @Test
  void theMelOfTheSoundIsTheMelItWasMadeOf() {
    Mel mel = new LogMel().mel(chord());
    Mel again = new LogMel().mel(vocoder().vocode(mel, new TestRun()));
    assertThat(error(mel, again)).isLessThan(0.25);
  }

  @Test
  void moreRoundsComeCloser() {
    Mel mel = new LogMel().mel(chord());
    double one = error(mel, new LogMel().mel(new GriffinLim(1, 0.99).vocode(mel, new TestRun())));
    double many = error(mel, new LogMel().mel(new GriffinLim(64, 0.99).vocode(mel, new TestRun())));
    assertThat(many).isLessThan(0.75 * one);
  }

  @Test
  void magnitudesReproduceTheMelWithoutThePhases() {
    Mel mel = new LogMel().mel(chord());
    float[] magnitude = new MelInversion().magnitudes(mel);
    assertThat(magnitude).hasSize(mel.frames() * 513);
    maestro.signal.FilterBank bank = maestro.signal.MelFilterBank.slaney(16_000, 1024, 64, 0, 8000);
    for (int t = 5; t < mel.frames(); t += 20) {
      for (int m = 0; m < 64; m++) {
        double sum = 0;
        for (int k = 0; k < 513; k++) {
          assertThat(magnitude[t * 513 + k]).isNotNegative();
          sum += bank.weight(m, k) * magnitude[t * 513 + k];
        }
        double wanted = Math.exp(mel.values()[t * 64 + m]);
        assertThat(sum).isCloseTo(wanted, within(1e-3 + 0.05 * wanted));
      }
    }
  }

  @Test
  void turnsDownWhatIsTooLoudAndSaysSo() {
    float[] loud = new float[64 * 64];
    java.util.Arrays.fill(loud, 5);
    TestRun run = new TestRun();
    vocoder().vocode(new Mel(64, 64, loud), run);
    assertThat(run.remarks()).singleElement().asString().contains("turned down by");
    assertThat(run.progressReports()).hasSize(32);
  }

  @Test
  void refusesOtherMels() {
    assertThatThrownBy(() -> vocoder().vocode(new Mel(1, 80, new float[80]), new TestRun()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("80 bands");
    assertThatThrownBy(() -> new GriffinLim(0, 0.99)).isInstanceOf(MaestroException.class);
  }

  private static double error(Mel wanted, Mel made) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < wanted.values().length; i++) {
      if (wanted.values()[i] > -5) {
        sum += Math.abs(wanted.values()[i] - made.values()[i]);
        count++;
      }
    }
    return sum / count;
  }

  private static float[] chord() {
    float[] samples = new float[32_000];
    for (int n = 0; n < samples.length; n++) {
      double t = n / 16_000.0;
      double level = 0.2 * Math.exp(-t % 0.5);
      for (double hz : new double[] {262, 330, 392, 1046}) {
        samples[n] += (float) (level * Math.sin(2 * Math.PI * hz * t));
      }
    }
    return samples;
  }
}
