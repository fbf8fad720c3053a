package maestro.graph.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.node.Curve;
import maestro.api.node.Timing;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.files.Json;

/**
 * Curves of controls that somebody wrote: safetensors as {@code maestro controls} writes them, MIDI
 * files ({@link MidiFile}), or points in time. A {@code .csv} file has a row for each point, the
 * time in seconds and a value for each channel, after a heading or without one, parted by commas,
 * or by semicolons where the decimal sign is a comma; a {@code .json} file a list of {@code
 * {"time": 1.5, "value": -20}}, with a list of values for several channels. From a point without a
 * value on, and before the first and after the last, nothing is specified. Between two points a
 * curve of one channel is a straight line; one of several holds its values.
 */
final class CurveFile {
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_POINTS = 1_000_000;
  private static final double MAX_SECONDS = 24 * 3600;
  private static final int MAX_CHANNELS = 256;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private CurveFile() {}

  /**
   * Reads a curve.
   *
   * @param control name of the control
   * @throws MaestroException of kind INPUT when it is none
   */
  static Curve read(Path file, String control, Timing timing) {
    String name = String.valueOf(file.getFileName());
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "safetensors" -> tensor(file, name, control, timing);
      case "csv" -> drawn(name, csv(name, text(file, name)), timing);
      case "json" -> drawn(name, json(name, text(file, name)), timing);
      case "mid", "midi" -> new Curve.Notes(MidiFile.read(file));
      default ->
          throw refused(
              name,
              "cannot tell from its ending how it is written",
              "give .safetensors, .csv, .json or .mid");
    };
  }

  private static Curve tensor(Path file, String name, String control, Timing timing) {
    NamedTensors tensors = Safetensors.read(file);
    String brief = control.substring(control.indexOf('.') + 1);
    FloatTensor curve =
        tensors.tensors().containsKey(brief)
            ? tensors.get(brief)
            : tensors.tensors().size() == 1 ? tensors.tensors().values().iterator().next() : null;
    if (curve == null || curve.shape().length != 2 || curve.values().length == 0) {
      throw refused(
          name,
          "it holds no curve [frames, channels] for " + brief,
          "give a file that 'maestro controls' has written");
    }
    return new Curve.Rows(1 / timing.framesPerSecond(), curve.axis(1), curve.values());
  }

  /**
   * A point in time.
   *
   * @param seconds from the beginning of the score
   * @param values one for each channel; empty where nothing is specified from here on
   */
  private record Point(double seconds, double[] values) {}

  private static String text(Path file, String name) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refused(name, "it is larger than 64 MiB", "give fewer points");
      }
      String text = Files.readString(file);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (IOException e) {
      throw new MaestroException(
          Kind.INPUT, name, "it cannot be read as text", "check the file", e);
    }
  }

  private static List<Point> csv(String name, String text) {
    List<Point> points = new ArrayList<>();
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    for (int i = 0; i < lines.size(); i++) {
      String[] cells = cells(lines.get(i));
      if (i == 0 && Arrays.stream(cells).noneMatch(CurveFile::isNumber)) {
        continue; // the heading
      }
      if (points.size() == MAX_POINTS || cells.length > MAX_CHANNELS + 1) {
        throw refused(
            name,
            "it has more than a million points or " + MAX_CHANNELS + " values in a row",
            "give fewer");
      }
      boolean empty = Arrays.stream(cells).skip(1).allMatch(String::isBlank);
      double[] values = new double[empty ? 0 : cells.length - 1];
      for (int c = 0; c < values.length; c++) {
        values[c] = number(name, "row " + (i + 1), cells[c + 1]);
      }
      points.add(new Point(number(name, "row " + (i + 1), cells[0]), values));
    }
    return points;
  }

  /** Cells of a row: where semicolons part them, a comma is a decimal one. */
  private static String[] cells(String line) {
    return line.indexOf(';') < 0 ? line.split(",", -1) : line.replace(',', '.').split(";", -1);
  }

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static double number(String name, String where, String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw refused(name, where + ": '" + text.strip() + "' is no number", "correct the row");
    }
  }

  private static List<Point> json(String name, String text) {
    try {
      JsonNode list = Json.STRICT.readTree(text);
      if (list == null || !list.isArray()) {
        throw refused(name, "it is no list of points", "write [{\"time\": 0, \"value\": 1}, ...]");
      }
      List<Point> points = new ArrayList<>();
      for (JsonNode point : list) {
        JsonNode value = point.path("value");
        List<Double> values = new ArrayList<>();
        if (value.isNumber()) {
          values.add(value.doubleValue());
        } else if (value.isArray()) {
          value.forEach(one -> values.add(one.isNumber() ? one.doubleValue() : Double.NaN));
        } else if (!value.isNull() && !value.isMissingNode()) {
          values.add(Double.NaN);
        }
        points.add(
            new Point(
                point.path("time").isNumber() ? point.path("time").doubleValue() : Double.NaN,
                values.stream().mapToDouble(Double::doubleValue).toArray()));
      }
      return points;
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          Kind.INPUT, name, "it is not JSON: " + Json.reason(e), "correct the file", e);
    }
  }

  private static Curve drawn(String name, List<Point> points, Timing timing) {
    int channels = channels(name, points);
    int rows = timing.coveredFrames();
    float[] values = new float[Math.multiplyExact(rows, channels)];
    Arrays.fill(values, Float.NaN);
    int at = 0;
    for (int r = 0; r < rows; r++) {
      double time = r / timing.framesPerSecond();
      while (at + 1 < points.size() && points.get(at + 1).seconds <= time + 1e-9) {
        at++;
      }
      Point before = points.get(at);
      Point after = at + 1 < points.size() ? points.get(at + 1) : null;
      boolean last = after == null && time > before.seconds + 1e-9;
      if (before.seconds > time + 1e-9 || before.values.length == 0 || last) {
        continue;
      }
      for (int c = 0; c < channels; c++) {
        double value = before.values[c];
        if (channels == 1 && after != null && after.values.length > 0) {
          double share = (time - before.seconds) / (after.seconds - before.seconds);
          value += share * (after.values[0] - value);
        }
        values[r * channels + c] = (float) value;
      }
    }
    return new Curve.Rows(1 / timing.framesPerSecond(), channels, values);
  }

  private static int channels(String name, List<Point> points) {
    if (points.size() > MAX_POINTS) {
      throw refused(name, "it has more than a million points", "give fewer");
    }
    int channels = 0;
    double time = -1;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      String where = "point " + (i + 1);
      if (!(point.seconds > time) || point.seconds > MAX_SECONDS) {
        throw refused(
            name,
            where + ": its time is " + point.seconds,
            "give seconds from 0 on, each later than the one before");
      }
      time = point.seconds;
      for (double value : point.values) {
        if (!Float.isFinite((float) value)) {
          throw refused(
              name, where + ": a value is not a finite number", "leave it empty for no value");
        }
      }
      if (point.values.length > MAX_CHANNELS) {
        throw refused(name, where + " has more than " + MAX_CHANNELS + " values", "give fewer");
      }
      if (point.values.length > 0 && channels > 0 && point.values.length != channels) {
        throw refused(
            name,
            where + " has " + point.values.length + " values, those before " + channels,
            "give each point as many");
      }
      channels = Math.max(channels, point.values.length);
    }
    if (channels == 0) {
      throw refused(name, "it has no point with a value", "give at least one");
    }
    return channels;
  }

  private static MaestroException refused(String name, String cause, String next) {
    return new MaestroException(Kind.INPUT, name, cause, next);
  }
}
