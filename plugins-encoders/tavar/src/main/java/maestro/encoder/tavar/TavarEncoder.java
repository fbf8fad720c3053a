package maestro.encoder.tavar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.networks.PackNetworks;
import maestro.picture.Crop;
import maestro.picture.Normalisation;
import maestro.picture.OpenCvResize;
import maestro.picture.Picture;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * How beautiful a film is: TAVAR's aesthetic score of one frame a second (paper, section 3.1 and
 * appendix C).
 *
 * <p>A frame is resized to 224×224 by OpenCV's cubic whatever its shape, and rows and columns 10 to
 * 234 are taken, which leaves 214×214: so does the demo that the published weights come with. The
 * features of attributes, theme and aesthetics are averaged over the frames, and the graph is
 * reasoned over once. The paper feeds the attributes' scores to the graph; the published model
 * feeds their features, and so does this.
 *
 * <p>The time line holds the six attributes, the six theme probabilities and the score of each
 * frame.
 */
@Component(configurationPid = TavarEncoder.NAME)
@Designate(ocd = TavarEncoder.Settings.class)
@Plugin(name = TavarEncoder.NAME, paper = "3.1", weights = TavarEncoder.NAME)
public final class TavarEncoder implements VisualEncoder {
  static final String NAME = "encoder.tavar";

  /** Columns of the time line. */
  static final List<String> CHANNELS =
      List.of(
          "interesting content",
          "object emphasis",
          "vivid colour",
          "depth of field",
          "colour harmony",
          "good lighting",
          "theme 1",
          "theme 2",
          "theme 3",
          "theme 4",
          "theme 5",
          "theme 6",
          "aesthetic score");

  static final String COMMAND = "maestro packs assemble paper --add --tavar TAVAR_weight.pt";
  static final String WANTED = "TAVAR's published model (TAVAR_weight.pt)";
  private static final int SIDE = 224;
  private static final int CROP_FROM = 10;
  private static final int BATCH = 2;

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Aesthetics of the picture by TAVAR.")
  @interface Settings {
    /** Engine of the networks. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";

    /** Frames looked at per second of film. */
    @AttributeDefinition(
        min = "0.05",
        max = "60",
        description = "Frames per second; 1 in the paper.")
    double framesPerSecond() default 1;

    /** Which part of the resized frame is looked at. */
    @AttributeDefinition(
        options = {@Option("published"), @Option("none")},
        description = "published: 214 x 214 as the published demo cuts it; none: 224 x 224.")
    String crop() default "published";

    /** How the score of the film comes about. */
    @AttributeDefinition(
        description =
            "Take the mean of the frames' scores instead of the score of the mean features.")
    boolean frameScores() default false;
  }

  private final double framesPerSecond;
  private final boolean cropped;
  private final boolean frameScores;
  private final PackNetworks<TavarNetworks> networks;

  /** An encoder with the settings of a recipe. */
  @Activate
  public TavarEncoder(@Reference NetworkEngine engine, Settings settings) {
    this(
        engine.named(settings.engine()),
        settings.framesPerSecond(),
        settings.crop(),
        settings.frameScores());
  }

  TavarEncoder(NetworkEngine engine, double framesPerSecond, String crop, boolean frameScores) {
    if (!crop.equals("published") && !crop.equals("none")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "illegal crop: " + crop,
          "set published or none");
    }
    this.framesPerSecond = framesPerSecond;
    this.cropped = crop.equals("published");
    this.frameScores = frameScores;
    networks =
        new PackNetworks<>(
            NAME,
            WANTED,
            COMMAND,
            (part, weights, device) -> TavarNetworks.open(engine, weights, BATCH, side(), device));
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public FrameRequest frames() {
    return FrameRequest.atRate(framesPerSecond);
  }

  /** One number: the score. */
  @Override
  public int featureWidth() {
    return 1;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    return networks.use(run, opened -> encode(opened, clip, frames, run));
  }

  private int side() {
    return cropped ? SIDE - CROP_FROM : SIDE;
  }

  private FilmFeature encode(
      TavarNetworks opened, FilmClip clip, FrameSource frames, RunContext run) {
    long expected = Math.max(1, Math.round(clip.durationSeconds() * framesPerSecond));
    int area = 3 * side() * side();
    float[] pictures = new float[opened.batch() * area];
    Averages averages = new Averages();
    int waiting = 0;
    run.progress(0, expected);
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      Normalisation.IMAGENET.write(prepared(Picture.of(frame)), pictures, waiting * area);
      if (++waiting == opened.batch()) {
        averages.add(opened, opened.see(pictures), waiting);
        waiting = 0;
        run.progress(averages.count, Math.max(expected, averages.count));
      }
    }
    if (waiting > 0) {
      averages.add(opened, opened.see(pictures), waiting);
      run.progress(averages.count, averages.count);
    }
    float score = frameScores ? averages.meanScore() : averages.scoreOfMeans(opened);
    TimeLine timeLine = new TimeLine(1 / framesPerSecond, CHANNELS, averages.rows());
    return new FilmFeature(new float[] {score}, Optional.of(timeLine));
  }

  private Picture prepared(Picture picture) {
    Picture resized = OpenCvResize.cubic(picture, SIDE, SIDE);
    return cropped ? Crop.slice(resized, CROP_FROM, CROP_FROM + SIDE) : resized;
  }

  /** Sums of the frames' features, and their rows of the time line. */
  private static final class Averages {
    private static final int NODE_VALUES = BilevelReasoning.NODES * FrameNetwork.FEATURE;

    private final double[] nodes = new double[NODE_VALUES];
    private final double[] aesthetics = new double[FrameNetwork.FEATURE];
    private final List<float[]> rows = new ArrayList<>();
    private double scores;
    private int count;

    void add(TavarNetworks opened, Map<String, FloatTensor> seen, int valid) {
      for (int i = 0; i < valid; i++) {
        float[] frameNodes = row(seen.get("nodes"), i, NODE_VALUES);
        float[] frameAesthetics = row(seen.get("aesthetics"), i, FrameNetwork.FEATURE);
        sum(nodes, frameNodes);
        sum(aesthetics, frameAesthetics);
        float score = opened.score(frameNodes, frameAesthetics);
        scores += score;
        count++;
        rows.add(
            timeLineRow(
                row(seen.get("attributes"), i, FrameNetwork.ATTRIBUTES),
                row(seen.get("theme"), i, FrameNetwork.THEMES),
                score));
      }
    }

    float meanScore() {
      return (float) (scores / count);
    }

    float scoreOfMeans(TavarNetworks opened) {
      return opened.score(mean(nodes), mean(aesthetics));
    }

    float[] rows() {
      float[] values = new float[rows.size() * CHANNELS.size()];
      for (int i = 0; i < rows.size(); i++) {
        System.arraycopy(rows.get(i), 0, values, i * CHANNELS.size(), CHANNELS.size());
      }
      return values;
    }

    private static float[] timeLineRow(float[] attributes, float[] logits, float score) {
      float[] row = Arrays.copyOf(attributes, CHANNELS.size());
      double max = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        max = Math.max(max, logit);
      }
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit - max);
      }
      for (int i = 0; i < logits.length; i++) {
        row[attributes.length + i] = (float) (Math.exp(logits[i] - max) / sum);
      }
      row[row.length - 1] = score;
      return row;
    }

    private float[] mean(double[] sums) {
      float[] mean = new float[sums.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (sums[i] / count);
      }
      return mean;
    }

    private static void sum(double[] sums, float[] values) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values[i];
      }
    }

    private static float[] row(FloatTensor tensor, int index, int length) {
      return Arrays.copyOfRange(tensor.values(), index * length, (index + 1) * length);
    }
  }
}
