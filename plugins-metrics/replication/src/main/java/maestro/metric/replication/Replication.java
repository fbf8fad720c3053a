package maestro.metric.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.metric.CorpusMetric;
import maestro.api.metric.Measure;
import maestro.api.metric.Measurement;
import maestro.api.metric.Metric;
import maestro.api.metric.MetricItem;
import maestro.api.metric.MetricSample;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.statistics.Quantiles;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Whether generated music replicates music its model was trained on: for every clip the passage of
 * the corpus that is most like one of its own.
 *
 * <p>Passages last 3 s and begin 1, 5, 9, … s into a clip. Compared are log-mels of 25 frames a
 * second less each band's mean over the passage, by their normalised cross-correlation with every
 * piece of the corpus at every shift of 40 ms ({@link Passage}): 1 is the same passage, whatever
 * its gain and colour. The first figure is the share of clips with a passage at or above {@code
 * threshold}; the highest and the median correlation follow, and that of each clip, whose note says
 * where the passage lies. Unlike {@code metric.nearest-neighbour} it is not misled by timbre. Not
 * in the paper, and a measure of our own; replication of training music is what Bralios et al.
 * (2024, "Generation or Replication") look for with embeddings.
 *
 * <p>A copy in another key, tempo or arrangement is not found. Refuses a clip shorter than 3 s, and
 * an empty corpus.
 */
@Component(service = Metric.class, configurationPid = Replication.NAME)
@Designate(ocd = Replication.Settings.class)
@Plugin(name = Replication.NAME)
public final class Replication implements CorpusMetric {
  static final String NAME = "metric.replication";

  private static final String NEAREST = "correlation, seconds of clip, seconds of piece";
  private static final String PIECE = "piece";
  private static final int FIRST = 25;
  private static final int EVERY = 100;

  private static final Measure SHARE =
      new Measure("clips with a copied passage", "%", Measure.Direction.LOWER);
  private static final Measure HIGHEST =
      new Measure("highest passage correlation", "", Measure.Direction.LOWER);
  private static final Measure MEDIAN =
      new Measure("median passage correlation", "", Measure.Direction.LOWER);

  /** Settings of the metric. */
  @ObjectClassDefinition(name = "Replication")
  public @interface Settings {
    /** From where on a passage counts as copied. */
    @AttributeDefinition(min = "0", max = "1", description = "correlation that is a copy")
    double threshold() default 0.9;
  }

  private final double threshold;

  /** Made by Declarative Services. */
  @Activate
  public Replication(Settings settings) {
    this(settings.threshold());
  }

  Replication(double threshold) {
    this.threshold = threshold;
  }

  @Override
  public List<Measure> measures() {
    return List.of(SHARE, HIGHEST, MEDIAN);
  }

  @Override
  public NamedTensors listen(Sound piece, RunContext run) {
    return Levels.of(piece).tensors();
  }

  @Override
  public NamedTensors sample(MetricItem item, RunContext run) {
    Levels own = Levels.of(item.generated());
    if (own.frames() < Passage.FRAMES) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "item " + item.id() + " is shorter than a passage of 3 s",
          "leave it out");
    }
    List<Passage> passages = new ArrayList<>();
    for (int from = Math.min(FIRST, own.frames() - Passage.FRAMES);
        from + Passage.FRAMES <= own.frames();
        from += EVERY) {
      passages.add(new Passage(own, from));
    }
    Passage.Match best = null;
    String piece = "";
    double at = 0;
    for (MetricSample one : item.corpus()) {
      run.checkCancelled();
      Levels levels = Levels.of(one.values());
      for (Passage passage : passages) {
        Passage.Match match = passage.nearest(levels);
        if (best == null || match.correlation() > best.correlation()) {
          best = match;
          piece = one.id();
          at = passage.seconds();
        }
      }
    }
    if (best == null) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "there is no music that item " + item.id() + " could be copied from",
          "give a folder as --reference, or a dataset with a train split");
    }
    float[] nearest = {(float) best.correlation(), (float) at, (float) best.seconds()};
    return new NamedTensors(
        Map.of(NEAREST, FloatTensor.of(nearest, nearest.length)), Map.of(PIECE, piece));
  }

  @Override
  public List<Measurement> summarise(List<MetricSample> samples, RunContext run) {
    if (samples.isEmpty()) {
      return measures().stream()
          .map(measure -> new Measurement(measure, Double.NaN, 0, "no clips"))
          .toList();
    }
    List<Measurement> single = new ArrayList<>();
    Measurement highest = null;
    int copied = 0;
    for (MetricSample sample : samples) {
      Measurement own = single(sample);
      single.add(own);
      copied += own.value() >= threshold ? 1 : 0;
      if (highest == null || own.value() > highest.value()) {
        highest = new Measurement(HIGHEST, own.value(), 1, sample.id() + ": " + own.note());
      }
    }
    int count = samples.size();
    double median =
        Quantiles.of(single.stream().mapToDouble(Measurement::value).toArray()).median();
    String note = String.format(Locale.ROOT, "correlation %.2f or more over 3 s", threshold);
    List<Measurement> figures = new ArrayList<>();
    figures.add(new Measurement(SHARE, 100.0 * copied / count, count, note));
    figures.add(new Measurement(HIGHEST, highest.value(), count, highest.note()));
    figures.add(new Measurement(MEDIAN, median, count, ""));
    figures.addAll(single);
    return figures;
  }

  private static Measurement single(MetricSample sample) {
    float[] nearest = sample.values().get(NEAREST).values();
    String note =
        time(nearest[1])
            + " is nearest to "
            + time(nearest[2])
            + " of "
            + sample.values().metadata().get(PIECE);
    Measure measure =
        new Measure("passage correlation of " + sample.id(), "", Measure.Direction.LOWER);
    return new Measurement(measure, nearest[0], 1, note);
  }

  /** Minutes and seconds. */
  private static String time(double seconds) {
    long hundredths = Math.round(100 * seconds);
    return String.format(Locale.ROOT, "%d:%05.2f", hundredths / 6000, hundredths % 6000 / 100.0);
  }
}
