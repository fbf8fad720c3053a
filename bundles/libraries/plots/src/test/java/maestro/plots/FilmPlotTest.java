package maestro.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import maestro.api.film.Frame;
import maestro.api.film.TimeLine;
import org.junit.jupiter.api.Test;

class FilmPlotTest {
  @Test
  void scoresStandAloneAndEmbeddingsBecomeTheirChange() {
    TimeLine scored =
        new TimeLine(1, List.of("vivid colour", "cut", "aesthetic score"), new float[9]);
    assertThat(Panel.of("tavar", scored))
        .extracting(panel -> panel.curves().get(0).name())
        .containsExactly("aesthetic score", "vivid colour");
    List<String> channels = IntStream.range(0, 30).mapToObj(i -> "clip " + i).toList();
    float[] values = new float[60];
    values[0] = 1;
    values[31] = 1;
    Panel embedding = Panel.of("clip", new TimeLine(0.1, channels, values)).get(0);
    assertThat(embedding.curves()).hasSize(1);
    assertThat(embedding.curves().get(0).values()).containsExactly(0, 1);
  }

  @Test
  void onlyTheLiveliestCurvesAreShown() {
    List<String> channels = IntStream.range(0, 12).mapToObj(i -> "c" + i).toList();
    float[] values = new float[24];
    for (int i = 0; i < 12; i++) {
      values[i] = -10;
      values[12 + i] = i - 10;
    }
    assertThat(Panel.of("many", new TimeLine(1, channels, values)).get(0).curves())
        .extracting(Panel.Curve::name)
        .containsExactly("c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11");
  }

  @Test
  void aCurveOfAnotherScaleGetsItsOwnPanel() {
    TimeLine line =
        new TimeLine(
            1, List.of("light", "motion", "detail"), new float[] {.1f, 3, .2f, .2f, 4, .1f});
    assertThat(Panel.of("cinematic", line))
        .extracting(panel -> panel.curves().size())
        .containsExactly(2, 1);
  }

  @Test
  void cutsAreTheRowsAtOrAboveOneHalf() {
    TimeLine line = new TimeLine(0.5, List.of("cut", "light"), new float[] {0, 9, 1, 9, .5f, 9});
    assertThat(Panel.cuts(line)).containsExactly(0.5, 1.0);
    assertThat(Panel.cuts(new TimeLine(1, List.of("light"), new float[3]))).isEmpty();
  }

  @Test
  void drawsStripCurvesAndCuts() throws IOException {
    byte[] red = new byte[3 * 16 * 9];
    for (int i = 0; i < red.length; i += 3) {
      red[i] = (byte) 255;
    }
    List<Frame> strip = List.of(new Frame(0, 16, 9, red), new Frame(5, 16, 9, red));
    Panel panel =
        new Panel("light", List.of(new Panel.Curve("light", 1, new float[] {0, 1, 0, 1, 0})));
    BufferedImage without = draw(new FilmPlot("film", 10, strip, List.of(panel), List.of()));
    BufferedImage with = draw(new FilmPlot("film", 10, strip, List.of(panel), List.of(7.0)));
    assertThat(with.getWidth()).isEqualTo(1280);
    assertThat(count(with, 0xFF0000)).as("pixels of the frames").isGreaterThan(10_000);
    assertThat(count(with, 0x0072B2)).as("pixels of the curve").isGreaterThan(300);
    assertThat(differing(without, with)).as("pixels of the cut").isBetween(40, 400);
  }

  @Test
  void refusesToDrawNothing() {
    assertThatThrownBy(() -> new FilmPlot("film", 10, List.of(), List.of(), List.of()))
        .hasMessageContaining("0 panels");
  }

  private static BufferedImage draw(FilmPlot plot) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(plot.png()));
  }

  private static int count(BufferedImage image, int rgb) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xFFFFFF) == rgb ? 1 : 0;
      }
    }
    return count;
  }

  private static int differing(BufferedImage one, BufferedImage other) {
    int count = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        count += one.getRGB(x, y) != other.getRGB(x, y) ? 1 : 0;
      }
    }
    return count;
  }
}
