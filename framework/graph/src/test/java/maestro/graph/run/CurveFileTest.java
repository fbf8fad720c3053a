package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.node.Curve;
import maestro.api.node.Timing;
import maestro.api.sound.Sound;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CurveFileTest {
  private static final Timing TIMING = Timing.of(16_000, 160, 1024, 0, 0, 10, true);
  private static final FrameGrid GRID = FrameGrid.PAPER;

  @TempDir Path folder;

  private Curve read(String name, String text) throws IOException {
    return CurveFile.read(Files.writeString(folder.resolve(name), text), "control.x", TIMING);
  }

  /** A control of so many channels that is never heard. */
  private static StyleControl of(int channels) {
    return new StyleControl() {
      @Override
      public int channels() {
        return channels;
      }

      @Override
      public ControlSignal extract(Sound sound, FrameGrid grid) {
        throw new AssertionError("nothing is heard here");
      }
    };
  }

  @Test
  void aLineIsDrawnBetweenPointsAndNothingIsAskedOutsideOfThemOrInAGap() throws IOException {
    String csv = "time,value\n1,-20\n2,-10\n3,\n4;0\n5;0\n";
    String json =
        "[{\"time\": 1, \"value\": -20}, {\"time\": 2, \"value\": -10}, {\"time\": 3, \"value\": null},"
            + " {\"time\": 4, \"value\": 0}, {\"time\": 5, \"value\": 0}]";
    for (Curve curve : new Curve[] {read("a.csv", csv), read("a.json", json)}) {
      ControlSignal on = curve.on(GRID, of(1), "control.x");
      assertThat(on.at(99, 0)).isNaN();
      assertThat(on.at(100, 0)).isEqualTo(-20);
      assertThat(on.at(150, 0)).isCloseTo(-15, within(1e-4f));
      assertThat(on.at(250, 0)).as("until the gap begins").isEqualTo(-10);
      assertThat(on.at(350, 0)).isNaN();
      assertThat(on.at(450, 0)).isZero();
      assertThat(on.at(501, 0)).isNaN();
    }
  }

  @Test
  void aByteOrderMarkIsNoHeading() throws IOException {
    assertThat(read("a.csv", "\uFEFF0,5\n1,5\n").on(GRID, of(1), "control.x").at(0, 0))
        .isEqualTo(5);
  }

  @Test
  void semicolonsPartTheCellsWhereTheDecimalSignIsAComma() throws IOException {
    ControlSignal on =
        read("a.csv", "Zeit;Wert\n0,5;-20,5\n1,5;-10,5\n").on(GRID, of(1), "control.x");
    assertThat(on.at(50, 0)).isEqualTo(-20.5f);
    assertThat(on.at(100, 0)).isCloseTo(-15.5f, within(1e-4f));
  }

  @Test
  void severalChannelsHoldTheirValues() throws IOException {
    ControlSignal on = read("a.csv", "0,1,0\n2,0,1\n4,0,1\n").on(GRID, of(2), "control.x");
    assertThat(on.at(199, 0)).isEqualTo(1);
    assertThat(on.at(200, 1)).isEqualTo(1);
    assertThatThrownBy(() -> read("a.csv", "0,1,0\n2,0,1\n").on(GRID, of(1), "control.x"))
        .hasMessageContaining("has 2 channels where it has 1");
  }

  @Test
  void whatIsNoCurveIsRefusedByItsKind() {
    Map<String, String> mistakes =
        Map.ofEntries(
            Map.entry("a.csv|", "it has no point with a value"),
            Map.entry("a.csv|0,1\n0,2", "point 2: its time is 0.0"),
            Map.entry("a.csv|-1,1", "point 1: its time is -1.0"),
            Map.entry("a.csv|1e30,1", "point 1: its time is 1.0E30"),
            Map.entry("a.csv|0,1\n1,loud", "row 2: 'loud' is no number"),
            Map.entry("a.csv|x,5\n1,2", "row 1: 'x' is no number"),
            Map.entry("a.csv|0,1e39", "point 1: a value is not a finite number"),
            Map.entry("a.csv|0" + ",1".repeat(300), "256 values in a row"),
            Map.entry("a.csv|0,NaN", "point 1: a value is not a finite number"),
            Map.entry("a.csv|0,1\n1,2,3", "point 2 has 2 values, those before 1"),
            Map.entry("a.json|{}", "it is no list of points"),
            Map.entry("a.json|[{\"time\": 0, \"value\": \"x\"}]", "a value is not a finite number"),
            Map.entry("a.json|[{\"value\": 1}]", "point 1: its time is NaN"),
            Map.entry("a.json|[", "it is not JSON"),
            Map.entry("a.txt|0,1", "cannot tell from its ending"));
    mistakes.forEach(
        (file, message) ->
            assertThatThrownBy(
                    () ->
                        read(
                            file.substring(0, file.indexOf('|')),
                            file.substring(file.indexOf('|') + 1)))
                .as(file)
                .isInstanceOfSatisfying(
                    MaestroException.class,
                    e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
                .hasMessageContaining(message));
  }
}
