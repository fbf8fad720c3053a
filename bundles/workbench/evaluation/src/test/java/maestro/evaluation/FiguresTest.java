package maestro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.MetricSample;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final Measure LEVEL = new Measure("level", "%", Measure.Direction.HIGHER);

  @Test
  void theIntervalOfAMeanIsTheTextbooks() {
    List<MetricSample> samples = samples("x", 400, 3);
    Figures.Figure figure = Figures.of(samples, FiguresTest::mean, 1000, 7).get(0);
    double half = 1.96 / Math.sqrt(400);
    assertThat(figure.high() - figure.low()).isCloseTo(2 * half, within(0.03));
    assertThat(figure.measurement().value()).isBetween(figure.low(), figure.high());
  }

  @Test
  void theIntervalHoldsTheTruthAsOftenAsItSays() {
    int held = 0;
    for (int trial = 0; trial < 200; trial++) {
      Figures.Figure figure =
          Figures.of(samples("trial" + trial, 40, 3), FiguresTest::mean, 200, 7).get(0);
      held += figure.low() <= 3 && 3 <= figure.high() ? 1 : 0;
    }
    assertThat(held / 200.0).isBetween(0.88, 0.99);
  }

  @Test
  void oneItemHasNoInterval() {
    assertThat(Figures.of(samples("x", 1, 0), FiguresTest::mean, 100, 7).get(0).low()).isNaN();
  }

  @Test
  void aDifferenceIsFoundAndNoDifferenceIsNot() {
    List<MetricSample> a = samples("a", 60, 0);
    PairedTests.Test test =
        Figures.compare(a, samples("b", 60, 1), FiguresTest::mean, 500, 7).get("level");
    assertThat(test.p()).isLessThan(0.01);
    assertThat(test.exact()).isFalse();
    assertThat(test.least()).isEqualTo(1.0 / 501);
    int found = 0;
    for (int trial = 0; trial < 100; trial++) {
      found +=
          Figures.compare(a, samples("t" + trial, 60, meanOf(a)), FiguresTest::mean, 100, trial)
                      .get("level")
                      .p()
                  < 0.05
              ? 1
              : 0;
    }
    assertThat(found).as("false alarms in 100 at 5 %%").isLessThan(12);
    assertThat(Figures.compare(a, List.of(), FiguresTest::mean, 10, 7).get("level").p()).isNaN();
  }

  @Test
  void pOfFewPairsIsExactAndEqualPairsDoNotCount() {
    List<MetricSample> a = samples("a", 2, 0);
    PairedTests.Test two =
        Figures.compare(a, moved(a, 1, 1), FiguresTest::mean, 500, 7).get("level");
    assertThat(two).isEqualTo(new PairedTests.Test(0.5, Double.NaN, 2, true, 0.5));
    List<MetricSample> six = samples("a", 6, 0);
    PairedTests.Test five =
        Figures.compare(six, moved(six, 1, 2, 3, 4, 5, 0), FiguresTest::mean, 500, 7).get("level");
    assertThat(five).isEqualTo(new PairedTests.Test(0.0625, Double.NaN, 5, true, 0.0625));
    assertThat(Figures.compare(six, six, FiguresTest::mean, 500, 7).get("level"))
        .isEqualTo(new PairedTests.Test(1, Double.NaN, 0, true, 1));
  }

  private static List<MetricSample> moved(List<MetricSample> samples, float... by) {
    List<MetricSample> moved = new ArrayList<>();
    for (int i = 0; i < by.length; i++) {
      MetricSample sample = samples.get(i);
      float value = sample.values().get("value").values()[0] + by[i];
      moved.add(
          new MetricSample(
              sample.id(),
              sample.style(),
              NamedTensors.of("value", FloatTensor.of(new float[] {value}, 1))));
    }
    return moved;
  }

  @Test
  void testsAreCorrectedOverTheTableAndSayWhatTheyCanTell() {
    PairedTests tests =
        PairedTests.of(
            "ours",
            Map.of(
                "theirs",
                Map.of(
                    "level", new PairedTests.Test(0.03125, Double.NaN, 6, true, 0.03125),
                    "FAD", new PairedTests.Test(0.5, Double.NaN, 6, true, 0.03125),
                    "level of x", new PairedTests.Test(0.5, Double.NaN, 2, true, 0.5))),
            List.of("level", "FAD"));
    assertThat(tests.byMethod().get("theirs").get("level").corrected()).isEqualTo(0.0625);
    assertThat(tests.byMethod().get("theirs").get("level of x").corrected()).isNaN();
    assertThat(tests.differs("theirs", "level")).isFalse();
    assertThat(tests.sentences().get(0))
        .contains("Holm's correction over the 2 tests of the table");
    assertThat(tests.sentences())
        .contains(
            "The least p that is possible with 6 pairs that differ (the tests are exact) is 0.031,"
                + " and 0.063 after the correction: too few to prove a difference.");
  }

  @Test
  void tablesShowTheProvenBestAndKeepFloorsApart() {
    Measure distance = new Measure("FAD", "", Measure.Direction.LOWER);
    Table table =
        new Table(
            "Ten clips & more",
            List.of(LEVEL, distance),
            List.of(
                row("ours", false, 61.25, 2.5),
                row("theirs", false, 60, 2.25),
                row("noise", true, 99, 0.1)),
            tests(0.01, 0.02));
    assertThat(table.markdown())
        .contains("| level % ↑ | FAD ↓ |")
        .contains("| ours | **61.3 ± 1.0** | 2.50 ± 1.00 |")
        .contains("| theirs | 60.0 ± 1.0 | **2.25 ± 1.00** |")
        .contains("| *noise* | 99.0 ± 1.0 | 0.100 ± 1.000 |")
        .contains("- FAD: embedding style");
    assertThat(table.csv())
        .startsWith(
            "method,measure,unit,value,low,high,count,note\nours,level,%,61.25,60.25,62.25,10,\n");
    assertThat(table.latex())
        .contains("\\caption{Ten clips \\& more}")
        .contains("level (\\%) $\\uparrow$")
        .contains("\\textbf{61.3 $\\pm$ 1.0}");
    Table unproven = new Table("x", table.columns(), table.rows(), tests(0.05, 0.3));
    assertThat(unproven.markdown()).contains("| theirs | 60.0 ± 1.0 | 2.25 ± 1.00 |");
    assertThat(unproven.latex()).doesNotContain("textbf");
    assertThat(new Table("x", table.columns(), table.rows(), PairedTests.NONE).markdown())
        .doesNotContain("**6", "**2");
  }

  @Test
  void namesFromFilesStayTextInEveryTable() {
    String name = "a\\b|c`d`<i>~^_%&#$ {x}\u001b[31m\u202e é";
    Table table =
        new Table(
            name,
            List.of(LEVEL),
            List.of(row(name, false, 1, 1), row("b", false, 2, 1)),
            PairedTests.NONE);
    assertThat(table.latex())
        .contains(
            "a\\textbackslash{}b\\textbar{}c`d`\\textless{}i\\textgreater{}\\textasciitilde{}"
                + "\\textasciicircum{}\\_\\%\\&\\#\\$ \\{x\\}\\textbackslash{}u001b[31m"
                + "\\textbackslash{}u202e \\'{e} & ")
        .matches("[ -~\n]*");
    assertThat(table.markdown())
        .contains("| a\\\\b\\|c\\`d\\`&lt;i&gt;")
        .doesNotContain("\u001b", "\u202e", "<i>");
    assertThat(table.markdown().lines().filter(line -> line.startsWith("|")))
        .allMatch(line -> line.replace("\\|", "").chars().filter(c -> c == '|').count() == 3);
  }

  private static PairedTests tests(double level, double distance) {
    Map<String, PairedTests.Test> tests = new LinkedHashMap<>();
    tests.put("level", new PairedTests.Test(level, level, 10, false, 0.001));
    tests.put("FAD", new PairedTests.Test(distance, distance, 10, false, 0.001));
    return new PairedTests("ours", Map.of("theirs", tests), 2);
  }

  @Test
  void noiseIsAsLoudAsTheMusicAndKnowsNothingOfIt() {
    Sound music = music();
    Sound noise = Baselines.noise(music, 7);
    assertThat(rms(noise)).isCloseTo(rms(music), within(0.01));
    assertThat(Math.abs(correlation(noise.channels()[0], music.channels()[0]))).isLessThan(0.05);
  }

  @Test
  void scrambledMusicKeepsLevelAndLosesTime() {
    Sound music = music();
    Sound scrambled = Baselines.phaseScrambled(music, 7);
    assertThat(rms(scrambled)).isCloseTo(rms(music), within(0.01));
    assertThat(envelopeSpread(music)).isGreaterThan(0.5);
    assertThat(envelopeSpread(scrambled))
        .as("the beats are gone")
        .isLessThan(envelopeSpread(music) / 1.5);
    assertThat(Baselines.phaseScrambled(music, 7).channels()[0])
        .containsExactly(scrambled.channels()[0]);
  }

  private static Sound music() {
    float[] samples = new float[32_000];
    for (int n = 0; n < samples.length; n++) {
      samples[n] = (float) (0.5 * Math.exp(-(n % 8_000) / 1_500.0) * Math.sin(0.17 * n));
    }
    return Sound.mono(samples, 16_000);
  }

  private static double rms(Sound sound) {
    double sum = 0;
    for (float sample : sound.channels()[0]) {
      sum += sample * sample;
    }
    return Math.sqrt(sum / sound.length());
  }

  /** Deviation of the level over time, relative to its mean. */
  private static double envelopeSpread(Sound sound) {
    double[] level = new double[sound.length() / 500];
    for (int t = 0; t < level.length; t++) {
      for (int n = 0; n < 500; n++) {
        level[t] += Math.pow(sound.channels()[0][500 * t + n], 2) / 500;
      }
      level[t] = Math.sqrt(level[t]);
    }
    double mean = java.util.Arrays.stream(level).average().orElseThrow();
    double square =
        java.util.Arrays.stream(level).map(l -> (l - mean) * (l - mean)).average().orElseThrow();
    return Math.sqrt(square) / mean;
  }

  private static double correlation(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int n = 0; n < a.length; n++) {
      ab += a[n] * b[n];
      aa += a[n] * a[n];
      bb += b[n] * b[n];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static Table.Row row(String method, boolean reference, double level, double distance) {
    Map<String, Figures.Figure> figures = new LinkedHashMap<>();
    figures.put(
        "level", new Figures.Figure(new Measurement(LEVEL, level, 10, ""), level - 1, level + 1));
    figures.put(
        "FAD",
        new Figures.Figure(
            new Measurement(
                new Measure("FAD", "", Measure.Direction.LOWER), distance, 10, "embedding style"),
            distance - 1,
            distance + 1));
    return new Table.Row(method, reference, figures);
  }

  private static double meanOf(List<MetricSample> samples) {
    return mean(samples).get(0).value();
  }

  private static List<Measurement> mean(List<MetricSample> samples) {
    double mean =
        samples.stream()
            .mapToDouble(s -> s.values().get("value").values()[0])
            .average()
            .orElse(Double.NaN);
    return List.of(
        new Measurement(LEVEL, mean, samples.size(), samples.isEmpty() ? "no items" : ""));
  }

  private static List<MetricSample> samples(String stream, int count, double mean) {
    List<MetricSample> samples = new ArrayList<>();
    float[] noise = new Noise(11).gaussian(stream, count);
    for (int i = 0; i < count; i++) {
      samples.add(
          new MetricSample(
              "item " + i,
              Optional.empty(),
              NamedTensors.of(
                  "value", FloatTensor.of(new float[] {(float) (noise[i] + mean)}, 1))));
    }
    return samples;
  }
}
