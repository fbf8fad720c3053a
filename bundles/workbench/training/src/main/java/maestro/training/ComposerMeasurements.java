package maestro.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import maestro.affect.AffectScale;
import maestro.affect.ComposerStatistics;
import maestro.affect.MusicAffect;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.sound.Mel;
import maestro.statistics.Quantiles;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/**
 * Measures the statistics of each composer of a corpus, in the scales that a pack was trained with:
 * affect of pieces of 5.12 s, one every 1.28 s, dynamics of every frame, and how many onsets there
 * are.
 */
final class ComposerMeasurements {
  static final String DYNAMICS = "dynamics";
  static final String ONSETS = "onsets";

  private static final int FRAMES = 512;
  private static final int STEP = 128;
  private static final int QUANTILES = 9;
  private static final double ONE_DEVIATION = 0.841;

  private final AffectScale music;
  private final double mean;
  private final double deviation;
  private final List<?> known;

  /**
   * In the scales of a pack.
   *
   * @throws MaestroException of kind CONFIGURATION when it was not trained on music with affect and
   *     dynamics
   */
  ComposerMeasurements(ModelPack pack) {
    try {
      Map<?, ?> fusion = pack.part("fusion.laff").orElseThrow().architecture();
      Map<?, ?> branch = pack.part("branch").orElseThrow().architecture();
      music = AffectScale.of((Map<?, ?>) ((Map<?, ?>) fusion.get("affect")).get("music"));
      Map<?, ?> dynamics = (Map<?, ?>) ((Map<?, ?>) branch.get("controls")).get(DYNAMICS);
      mean = ComposerStatistics.figure(dynamics, "mean", Double.NEGATIVE_INFINITY);
      deviation = ComposerStatistics.figure(dynamics, "deviation", Double.MIN_NORMAL);
      Map<?, ?> composers = (Map<?, ?>) ((Map<?, ?>) fusion.get("encoders")).get("source.composer");
      known = List.copyOf((List<?>) composers.get("labels"));
    } catch (ClassCastException
        | NullPointerException
        | NoSuchElementException
        | IllegalArgumentException e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "pack " + pack.name(),
          "it does not say by which scales of affect and dynamics it knows which composers",
          "give a pack whose fusion and branch were trained on music by composers",
          e);
    }
  }

  /**
   * What is heard in the training split: parts of a pack by name ({@link ComposerStatistics}).
   *
   * @param progress is told each composer
   * @throws MaestroException of kind INPUT when the pack knows one of them not, or there is none
   */
  Map<String, Map<String, Object>> of(Corpus corpus, Consumer<String> progress) {
    if (corpus.labels().isEmpty() || !known.containsAll(corpus.labels())) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "corpus",
          "its composers are " + corpus.labels() + ", the pack was trained with " + known,
          "give the manifest that the pack was trained on");
    }
    double usual = onsetsPerFrame(corpus.tracks("train"));
    Map<String, Object> affects = new TreeMap<>();
    Map<String, Object> dynamics = new TreeMap<>();
    Map<String, Object> onsets = new TreeMap<>();
    for (String composer : corpus.labels()) {
      progress.accept(composer);
      List<Track> tracks =
          corpus.tracks("train").stream().filter(track -> track.label().equals(composer)).toList();
      Quantiles levels = levels(tracks);
      double width = levels.at(ONE_DEVIATION) - levels.at(1 - ONE_DEVIATION);
      affects.put(composer, AffectScale.of(affects(tracks), QUANTILES).toJson());
      dynamics.put(composer, Map.of("level", levels.median(), "deviation", width / 2));
      onsets.put(composer, Map.of("onsets", onsetsPerFrame(tracks) / usual));
    }
    return Map.of(
        "encoder.affect", ComposerStatistics.toJson(affects),
        "control.dynamics", ComposerStatistics.toJson(dynamics),
        "control.melody", ComposerStatistics.toJson(onsets),
        "control.onsets", ComposerStatistics.toJson(onsets));
  }

  private List<double[]> affects(List<Track> tracks) {
    List<double[]> affects = new ArrayList<>();
    for (Track track : tracks) {
      for (int from = 0; from == 0 || from + FRAMES <= track.frames(); from += STEP) {
        float[] mel = track.part(Corpus.MEL, from, FRAMES);
        float[] ranks =
            music.rank(MusicAffect.of(new Mel(FRAMES, track.channels(Corpus.MEL), mel)));
        double[] affect = new double[ranks.length];
        for (int d = 0; d < ranks.length; d++) {
          affect[d] = ranks[d];
        }
        affects.add(affect);
      }
    }
    return affects;
  }

  /** Standardised. */
  private Quantiles levels(List<Track> tracks) {
    DoubleStream.Builder levels = DoubleStream.builder();
    for (Track track : tracks) {
      for (float value : track.part(DYNAMICS, 0, track.rows(DYNAMICS))) {
        levels.add((value - mean) / deviation);
      }
    }
    return new Quantiles(levels.build().sorted().toArray());
  }

  /** Tops of the marks that control.onsets sets. */
  private static double onsetsPerFrame(List<Track> tracks) {
    long onsets = 0;
    long frames = 0;
    for (Track track : tracks) {
      float[] marks = track.part(ONSETS, 0, track.rows(ONSETS));
      for (int t = 1; t + 1 < marks.length; t++) {
        onsets += marks[t] > marks[t - 1] && marks[t] >= marks[t + 1] ? 1 : 0;
      }
      frames += marks.length;
    }
    return Math.max(1.0, onsets) / frames;
  }
}
