package maestro.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.TimeLine;
import maestro.api.media.MediaReader;
import maestro.api.run.Noise;
import maestro.api.sound.Sound;
import maestro.graph.FilmEncoding.Seen;
import maestro.graph.Job.Kept;

/**
 * The local controls of a run over the whole score, standardised as the model was trained: heard in
 * the style piece (paper, section 3.2.2), or, without one, drawn from the film by the controls that
 * can.
 */
final class Steering {
  private static final int HEARD_VERSION = 1;
  private static final int DRAWN_VERSION = 1;

  private final MediaReader reader;
  private final Recipe recipe;
  private final RecipeChecker.Plan plan;
  private final Leases leases;
  private final Job job;
  private final Windows windows;
  private final Noise noise;
  private final FrameGrid grid;

  Steering(
      MediaReader reader,
      Recipe recipe,
      RecipeChecker.Plan plan,
      Leases leases,
      Job job,
      Windows windows) {
    this.reader = reader;
    this.recipe = recipe;
    this.plan = plan;
    this.leases = leases;
    this.job = job;
    this.windows = windows;
    noise = new Noise(recipe.seed());
    grid = FrameGrid.PAPER.withFrames(windows.coveredFrames());
  }

  /** Refuses a style piece that no control hears, and a control that has nothing to hear. */
  static void check(ScoreRequest request, RecipeChecker.Plan plan, Leases leases) {
    List<RecipeChecker.Part> controls = plan.of(StyleControl.class);
    String recipe = "recipe " + request.recipe().recipe().name();
    if (request.style().isPresent() && controls.isEmpty()) {
      throw new MaestroException(
          Kind.USAGE,
          recipe,
          "it has no style control to hear the style piece with",
          "add control.melody or control.dynamics to it");
    }
    for (RecipeChecker.Part part : controls) {
      if (request.style().isEmpty() && !leases.service(StyleControl.class, part).drawsFromFilm()) {
        throw new MaestroException(
            Kind.USAGE,
            recipe,
            "it has style controls and there is no style piece",
            "give one with --style, or use a recipe without " + part.entry().id());
      }
    }
  }

  /**
   * style -> controls, by short name.
   *
   * @param digest of the style piece
   */
  Map<String, Kept<ControlSignal>> hear(Path style, String digest) {
    Map<String, Kept<ControlSignal>> controls = new TreeMap<>();
    Sound[] decoded = new Sound[1];
    for (RecipeChecker.Part part : plan.of(StyleControl.class)) {
      StyleControl control = leases.service(StyleControl.class, part);
      ControlStatistics statistics = ControlStatistics.of(plan.pack(), shortName(part));
      Fingerprint fingerprint =
          leases
              .fingerprint("control", HEARD_VERSION, part)
              .with(digest)
              .with(recipe.styleStartSeconds())
              .with(grid.frames())
              .with(statistics.mean())
              .with(statistics.deviation());
      controls.put(
          shortName(part),
          job.kept(
              part.entry().id(),
              fingerprint,
              Codec.CONTROL,
              run -> {
                if (decoded[0] == null) {
                  decoded[0] = from(reader.sound(style), recipe.styleStartSeconds(), style);
                }
                run.checkCancelled();
                return control.standardise(
                    control.extract(decoded[0], grid), statistics.mean(), statistics.deviation());
              },
              noise));
    }
    return controls;
  }

  /**
   * film -> controls, by short name.
   *
   * @param seen features of every window
   */
  Map<String, Kept<ControlSignal>> draw(List<Map<String, Seen>> seen) {
    Map<String, Kept<ControlSignal>> controls = new TreeMap<>();
    for (RecipeChecker.Part part : plan.of(StyleControl.class)) {
      StyleControl control = leases.service(StyleControl.class, part);
      Fingerprint fingerprint =
          leases
              .fingerprint("drawn control", DRAWN_VERSION, part)
              .with(grid.frames())
              .with(Long.toString(noise.seed()));
      seen.forEach(
          window -> window.forEach((name, one) -> fingerprint.with(name).with(one.fingerprint())));
      controls.put(
          shortName(part),
          job.kept(
              part.entry().id(),
              fingerprint,
              Codec.CONTROL,
              run -> {
                run.remark(part.entry().id() + " follows the film");
                return control.draw(timeLines(seen), grid, run);
              },
              noise));
    }
    return controls;
  }

  /** Time lines over the whole score, put together from those of its windows. */
  private Map<String, TimeLine> timeLines(List<Map<String, Seen>> seen) {
    Map<String, TimeLine> whole = new LinkedHashMap<>();
    for (String name : seen.get(0).keySet()) {
      List<TimeLine> pieces = new ArrayList<>();
      seen.forEach(window -> window.get(name).feature().timeLine().ifPresent(pieces::add));
      if (pieces.size() == windows.count() && pieces.stream().allMatch(one -> one.rows() > 0)) {
        whole.put(name, joined(pieces));
      }
    }
    return whole;
  }

  private TimeLine joined(List<TimeLine> pieces) {
    TimeLine first = pieces.get(0);
    int width = first.channels().size();
    double scoreSeconds = (double) windows.scoreFrames() / Windows.FRAMES_PER_SECOND;
    int rows = (int) Math.max(1, Math.ceil(scoreSeconds / first.stepSeconds() - 1e-9));
    float[] values = new float[rows * width];
    int window = 0;
    for (int r = 0; r < rows; r++) {
      double time = windows.startSeconds() + r * first.stepSeconds();
      while (window < pieces.size() - 1 && time >= windows.span(window).endSeconds()) {
        window++;
      }
      Span span = windows.span(window);
      TimeLine piece = pieces.get(window);
      int row = (int) Math.max(0, Math.round((time - span.beginSeconds()) / piece.stepSeconds()));
      System.arraycopy(
          piece.values(), Math.min(row, piece.rows() - 1) * width, values, r * width, width);
    }
    return new TimeLine(first.stepSeconds(), first.channels(), values);
  }

  private static String shortName(RecipeChecker.Part part) {
    return part.entry().id().substring(part.entry().id().indexOf('.') + 1);
  }

  /** A sound without its beginning. */
  private static Sound from(Sound sound, double startSeconds, Path file) {
    int start = (int) Math.min(Integer.MAX_VALUE, Math.round(startSeconds * sound.sampleRateHz()));
    if (start == 0) {
      return sound;
    }
    if (start >= sound.length()) {
      throw new MaestroException(
          Kind.INPUT,
          String.valueOf(file.getFileName()),
          "it lasts " + sound.seconds() + " s, styleStartSeconds is " + startSeconds,
          "begin earlier");
    }
    float[][] rest =
        Arrays.stream(sound.channels())
            .map(channel -> Arrays.copyOfRange(channel, start, channel.length))
            .toArray(float[][]::new);
    return new Sound(rest, sound.sampleRateHz());
  }
}
