package maestro.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.latent.Latent;
import maestro.api.latent.NoiseSchedule;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void theScheduleIsAudioLdms() {
    NoiseSchedule schedule = NoiseSchedule.audioLdm();
    assertThat(schedule.alphaBar(0)).isCloseTo(.9985, within(1e-12));
    assertThat(schedule.alphaBar(1)).isCloseTo(.996994427069975, within(1e-14));
    assertThat(schedule.alphaBar(500)).isCloseTo(.11492200085532281, within(1e-14));
    assertThat(schedule.alphaBar(991)).isCloseTo(1.6645123571560643e-4, within(1e-16));
    assertThat(schedule.alphaBar(999)).isCloseTo(1.4230397519e-4, within(1e-13));
  }

  @Test
  void noiseIsStandardNormal() {
    float[] noise = new Noise(7).gaussian("latent", 100_001);
    double mean = 0;
    double square = 0;
    double fourth = 0;
    for (float value : noise) {
      mean += value / noise.length;
      square += (double) value * value / noise.length;
      fourth += Math.pow(value, 4) / noise.length;
    }
    assertThat(mean).isCloseTo(0, within(0.01));
    assertThat(square).isCloseTo(1, within(0.02));
    assertThat(fourth).as("kurtosis of a Gaussian").isCloseTo(3, within(0.1));
  }

  @Test
  void noiseDependsOnSeedStreamAndPositionAlone() {
    assertThat(new Noise(7).gaussian("a", 4)).containsExactly(new Noise(7).gaussian("a", 4));
    float[] longer = new Noise(7).gaussian("a", 9);
    assertThat(new Noise(7).gaussian("a", 4))
        .containsExactly(longer[0], longer[1], longer[2], longer[3]);
    assertThat(new Noise(8).gaussian("a", 1)[0]).isNotEqualTo(longer[0]);
    assertThat(new Noise(7).gaussian("b", 1)[0]).isNotEqualTo(longer[0]);
  }

  @Test
  void uniformNoiseFillsTheUnitInterval() {
    double[] noise = new Noise(-1).uniform("u", 10_000);
    assertThat(java.util.Arrays.stream(noise).allMatch(u -> u >= 0 && u < 1)).isTrue();
    assertThat(java.util.Arrays.stream(noise).average().orElseThrow()).isCloseTo(.5, within(.01));
  }

  @Test
  void devicesAreReadAsTheyAreWritten() {
    for (String text : new String[] {"auto", "cpu", "cuda:0", "cuda:3"}) {
      assertThat(Device.parse(text)).hasToString(text);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.parse("gpu"))
        .withMessage("illegal device: gpu, must be auto, cpu or cuda:N");
  }

  @Test
  void anErrorNamesThePartTheCauseAndTheNextStep() {
    MaestroException error =
        new MaestroException(
            MaestroException.Kind.INPUT, "film.mp4", "the file is empty", "give a film");
    assertThat(error).hasMessage("film.mp4: the file is empty; give a film");
    assertThat(error.kind().exitCode()).isEqualTo(3);
  }

  @Test
  void shapesThatDoNotHoldTheirValuesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> FloatTensor.of(new float[5], 2, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> FloatTensor.of(new float[0], -1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Mel(2, 64, new float[64]));
    assertThatIllegalArgumentException().isThrownBy(() -> new Latent(8, 2, 2, new float[31]));
    assertThatIllegalArgumentException().isThrownBy(() -> new ControlSignal(4, 12, new float[4]));
    assertThatIllegalArgumentException().isThrownBy(() -> new Frame(0, 2, 2, new byte[11]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sound(new float[][] {{0}, {0, 0}}, 16_000));
    assertThatIllegalArgumentException().isThrownBy(() -> FrameRequest.atRate(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new FrameGrid(0, 16_000, 160));
  }

  @Test
  void aFeatureIsFinite() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FilmFeature(new float[] {1, Float.NaN}, Optional.empty()))
        .withMessageContaining("value 1 is NaN");
  }

  @Test
  void aFigureThatIsNoNumberSaysWhy() {
    Measure measure = new Measure("FAD", "", Measure.Direction.LOWER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Measurement(measure, Double.NaN, 0, " "));
    assertThat(new Measurement(measure, Double.NaN, 0, "no clips").note()).isEqualTo("no clips");
  }

  @Test
  void theStrongestChannelOfAControlIsTheFirstOnATieAndNoneInSilence() {
    ControlSignal signal = new ControlSignal(3, 3, new float[] {0, 1, 0, 0, 2, 2, 0, 0, 0});
    assertThat(signal.argmax(0)).isEqualTo(1);
    assertThat(signal.argmax(1)).isEqualTo(1);
    assertThat(signal.argmax(2)).isEqualTo(-1);
  }

  @Test
  void aMeanOverClipsSaysWhatWasLeftOut() {
    Measure measure = new Measure("level", "dB", Measure.Direction.NONE);
    Measurement all = Measurement.mean(measure, new double[] {1, 2}, "are silent");
    assertThat(all).isEqualTo(new Measurement(measure, 1.5, 2, ""));
    Measurement some = Measurement.mean(measure, new double[] {1, Double.NaN, 2}, "are silent");
    assertThat(some)
        .isEqualTo(new Measurement(measure, 1.5, 2, "1 of 3 clips left out, which are silent"));
    Measurement none = Measurement.mean(measure, new double[] {Double.NaN}, "are silent");
    assertThat(none).isEqualTo(new Measurement(measure, Double.NaN, 0, "all clips are silent"));
    assertThat(Measurement.mean(measure, new double[0], "are silent").note()).isEqualTo("no clips");
  }
}
