package maestro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.affect.AffectScale;
import maestro.affect.FilmAffect;
import maestro.api.MaestroException;
import maestro.api.film.TimeLine;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;

/**
 * The scale that {@code encoder.affect} ranks films by, made from feature files of a corpus of
 * films ({@code maestro features FILM --encoder cinematic}): the figures of windows of ten seconds,
 * one every five.
 */
final class FilmScale {
  private static final String TIME_LINE = "cinematic.timeline";
  private static final double WINDOW_SECONDS = 10;
  private static final double STEP_SECONDS = 5;

  private FilmScale() {}

  /**
   * The scale as it lies in the encoder's bundle.
   *
   * @throws MaestroException of kind INPUT when a file is no feature file of encoder.cinematic
   */
  static Map<String, Object> of(List<Path> files) {
    List<double[]> raw = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      try (Checkpoint checkpoint = Safetensors.open(file)) {
        TimeLine line = timeLine(checkpoint);
        names.add(checkpoint.metadata().getOrDefault("film", file.getFileName().toString()));
        int window = (int) Math.round(WINDOW_SECONDS / line.stepSeconds());
        int step = (int) Math.round(STEP_SECONDS / line.stepSeconds());
        for (int from = 0; from + window <= line.rows(); from += step) {
          raw.add(FilmAffect.of(line, from, from + window));
        }
      }
    }
    if (raw.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "film scale",
          "no film lasts ten seconds",
          "give feature files of longer films");
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("films", names);
    json.put("windows", raw.size());
    json.put("film", AffectScale.of(raw).toJson());
    return json;
  }

  private static TimeLine timeLine(Checkpoint checkpoint) {
    Weight rows = checkpoint.weight(TIME_LINE);
    String step = checkpoint.metadata().get(TIME_LINE + ".stepSeconds");
    String channels = checkpoint.metadata().get(TIME_LINE + ".channels");
    if (step == null || channels == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          checkpoint.file().toString(),
          "it does not say what its time line holds",
          "make it with 'maestro features FILM --encoder cinematic'");
    }
    return new TimeLine(Double.parseDouble(step), List.of(channels.split(",")), rows.toFloats());
  }
}
