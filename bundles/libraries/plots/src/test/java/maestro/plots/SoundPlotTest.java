package maestro.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import maestro.api.control.ControlSignal;
import maestro.api.sound.Mel;
import org.junit.jupiter.api.Test;

class SoundPlotTest {
  @Test
  void aToneIsABrightLineInItsBandAndSilenceIsDark() throws Exception {
    BufferedImage tone = read(new SoundPlot(List.of(sounding(20), sounding(-1))).png());
    assertThat(tone.getWidth()).isEqualTo(880);
    assertThat(brightest(tone, 0)).as("the tone's column").isGreaterThan(200);
    assertThat(darkShare(tone, 440)).as("the silent column").isGreaterThan(darkShare(tone, 0));
  }

  @Test
  void theScaleOfDynamicsIsThatOfWhatCanBeHeard() {
    float[] music = new float[1000];
    for (int t = 0; t < music.length; t++) {
      music[t] = 30 + 10 * (float) Math.sin(t / 50.0);
    }
    float[] lateMusic = music.clone();
    Arrays.fill(lateMusic, 0, 400, -100);
    float[] silence = new float[1000];
    Arrays.fill(silence, -100);
    for (List<float[]> sounds :
        List.of(List.of(lateMusic), List.of(music, lateMusic), List.of(silence, music))) {
      assertThat(SoundPlot.levels(sounds).getLowerBound()).isBetween(15.0, 22.0);
      assertThat(SoundPlot.levels(sounds).getUpperBound()).isBetween(40.0, 45.0);
    }
    assertThat(SoundPlot.levels(List.of(silence)).getLength()).isBetween(1.0, 10.0);
    assertThat(SoundPlot.levels(List.of(new float[0])).getLength()).isEqualTo(1);
  }

  @Test
  void noSoundsAndTooManyAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SoundPlot(List.of()));
    SoundPlot.Sounding one = sounding(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SoundPlot(List.of(one, one, one, one, one, one, one)));
  }

  @Test
  void eachModelHasItsColour() throws Exception {
    ScatterPlot plot =
        new ScatterPlot(
            "originality",
            "recognizability, %",
            List.of(
                new ScatterPlot.Model("ours", 0.4, 60, List.of(new double[] {0.3, 50})),
                new ScatterPlot.Model("noise", 0.9, 10, List.of())));
    BufferedImage image = read(plot.png());
    assertThat(pixels(image, 0xCC79A7)).isZero();
    assertThat(pixels(image, 0x0072B2)).isPositive();
    assertThat(pixels(image, 0xD55E00)).isPositive();
    assertThatIllegalArgumentException().isThrownBy(() -> new ScatterPlot("x", "y", List.of()));
  }

  @Test
  void aModelOnTheAxisIsWhole() throws Exception {
    ScatterPlot plot =
        new ScatterPlot(
            "originality",
            "recognizability, %",
            List.of(
                new ScatterPlot.Model("ours", 0.4, 60, List.of()),
                new ScatterPlot.Model("noise", 0.9, 0, List.of())));
    BufferedImage image = read(plot.png());
    assertThat(pixels(image, 0xD55E00)).isCloseTo(pixels(image, 0x0072B2), withinPercentage(10));
  }

  private static long pixels(BufferedImage image, int colour) {
    return Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .filter(pixel -> (pixel & 0xFFFFFF) == colour)
        .count();
  }

  private static SoundPlot.Sounding sounding(int band) {
    float[] mel = new float[200 * 64];
    Arrays.fill(mel, -11.5f);
    float[] melody = new float[200 * 12];
    for (int t = 0; t < 200 && band >= 0; t++) {
      mel[t * 64 + band] = 1;
      melody[t * 12 + 9] = 1;
    }
    return new SoundPlot.Sounding(
        "band " + band,
        new Mel(200, 64, mel),
        new ControlSignal(200, 12, melody),
        new ControlSignal(200, 1, new float[200]));
  }

  private static BufferedImage read(byte[] png) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  /** The spectrogram lies between these rows of the picture, inside its axes. */
  private static int brightest(BufferedImage image, int left) {
    int most = 0;
    for (int y = 60; y < 190; y++) {
      most = Math.max(most, image.getRGB(left + 200, y) >> 8 & 0xFF);
    }
    return most;
  }

  private static double darkShare(BufferedImage image, int left) {
    int dark = 0;
    for (int y = 60; y < 190; y++) {
      dark += (image.getRGB(left + 200, y) >> 8 & 0xFF) < 30 ? 1 : 0;
    }
    return dark / 130.0;
  }
}
