package maestro.encoder.cinematic;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What a cutter and a cameraman did, in numbers that need no weights: light, contrast, colour,
 * warmth, motion, detail and cuts. Not in the paper; it stands in where no trained encoder is at
 * hand.
 *
 * <p>The time line has one row for each frame looked at, with seven channels. {@code light}, {@code
 * contrast}, {@code colour}, {@code warmth} and {@code detail} are those of {@link Look}. {@code
 * motion} is the mean absolute difference of Y (0 … 1) to the frame before, times the frame rate,
 * so in 1/s and the same at any rate; 0 in the first row, and large at a cut. {@code cut} is 1 in
 * rows that begin a shot by a hard cut ({@link Cuts}), else 0.
 *
 * <p>The vector has 32 values. For light, contrast, colour, warmth, motion and detail, in this
 * order, five each: mean, standard deviation, least, greatest, and the mean of the film's second
 * half less that of its first. Motion leaves out the first row and the cuts. Then cuts per second,
 * and the natural logarithm of one plus the mean length of a shot in seconds.
 */
@Component(configurationPid = CinematicEncoder.NAME)
@Designate(ocd = CinematicEncoder.Settings.class)
@Plugin(name = CinematicEncoder.NAME)
public final class CinematicEncoder implements VisualEncoder {
  static final String NAME = "encoder.cinematic";

  private static final List<String> CHANNELS =
      List.of("light", "contrast", "colour", "warmth", "motion", "detail", "cut");
  private static final int CURVES = 6;
  private static final int MOTION = 4;
  private static final int NUMBERS_PER_CURVE = 5;
  private static final int WIDTH = CURVES * NUMBERS_PER_CURVE + 2;
  private static final int FRAME_WIDTH = 128;
  private static final int FRAME_HEIGHT = 72;

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Picture statistics without weights.")
  @interface Settings {
    /** Frames looked at per second of film. */
    @AttributeDefinition(
        min = "1",
        max = "60",
        description = "Frames per second; cuts are told best at the film's own rate.")
    double framesPerSecond() default 24;
  }

  private final double framesPerSecond;

  /** An encoder with the settings of a recipe. */
  @Activate
  public CinematicEncoder(Settings settings) {
    this(settings.framesPerSecond());
  }

  CinematicEncoder(double framesPerSecond) {
    this.framesPerSecond = framesPerSecond;
  }

  @Override
  public FrameRequest frames() {
    return new FrameRequest(framesPerSecond, FRAME_WIDTH, FRAME_HEIGHT);
  }

  @Override
  public int featureWidth() {
    return WIDTH;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    long total = Math.max(1, Math.round(clip.durationSeconds() * framesPerSecond));
    float[] rows = new float[(int) Math.min(total, 1 << 16) * CHANNELS.size()];
    float[] change = new float[rows.length / CHANNELS.size()];
    int count = 0;
    Look before = null;
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      run.progress(Math.min(count, total), total);
      if (count == change.length) {
        change = Arrays.copyOf(change, 2 * count);
        rows = Arrays.copyOf(rows, 2 * rows.length);
      }
      Look look = Look.at(frame);
      double motion = before == null ? 0 : look.differenceFrom(before) * framesPerSecond;
      change[count] = before == null ? 0 : (float) look.changeFrom(before);
      put(rows, count++, look, motion);
      before = look;
    }
    rows = Arrays.copyOf(rows, count * CHANNELS.size());
    boolean[] cuts = Cuts.find(Arrays.copyOf(change, count), framesPerSecond);
    for (int r = 0; r < count; r++) {
      rows[r * CHANNELS.size() + CURVES] = cuts[r] ? 1 : 0;
    }
    TimeLine timeLine = new TimeLine(1 / framesPerSecond, CHANNELS, rows);
    return new FilmFeature(vector(timeLine, cuts), Optional.of(timeLine));
  }

  private static void put(float[] rows, int row, Look look, double motion) {
    int at = row * CHANNELS.size();
    rows[at] = (float) look.light();
    rows[at + 1] = (float) look.contrast();
    rows[at + 2] = (float) look.colour();
    rows[at + 3] = (float) look.warmth();
    rows[at + MOTION] = (float) motion;
    rows[at + 5] = (float) look.detail();
  }

  private float[] vector(TimeLine line, boolean[] cuts) {
    float[] vector = new float[WIDTH];
    int cutCount = 0;
    for (boolean cut : cuts) {
      cutCount += cut ? 1 : 0;
    }
    for (int c = 0; c < CURVES; c++) {
      Moments all = new Moments();
      Moments first = new Moments();
      Moments second = new Moments();
      for (int r = 0; r < line.rows(); r++) {
        if (c != MOTION || r > 0 && !cuts[r]) {
          all.add(line.at(r, c));
          (r < line.rows() / 2 ? first : second).add(line.at(r, c));
        }
      }
      int at = c * NUMBERS_PER_CURVE;
      vector[at] = (float) all.mean();
      vector[at + 1] = (float) Math.sqrt(all.variance());
      vector[at + 2] = (float) all.least();
      vector[at + 3] = (float) all.greatest();
      vector[at + 4] = (float) (second.mean() - first.mean());
    }
    double seconds = line.rows() / framesPerSecond;
    vector[WIDTH - 2] = (float) (cutCount / seconds);
    vector[WIDTH - 1] = (float) Math.log1p(seconds / (cutCount + 1));
    return vector;
  }
}
