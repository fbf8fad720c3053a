package maestro.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import maestro.affect.AffectScale;
import maestro.affect.Manner;
import maestro.affect.MusicAffect;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.sound.Mel;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/**
 * Hears the manner of each composer of a corpus, in the scales that a pack was trained with: affect
 * of pieces of 5.12 s, one every 1.28 s, dynamics of every frame, and how many onsets there are.
 */
final class Manners {
  static final String DYNAMICS = "dynamics";
  static final String ONSETS = "onsets";

  private static final int FRAMES = 512;
  private static final int STEP = 128;
  private static final int QUANTILES = 9;
  private static final double ONE_DEVIATION = 0.841;

  private final AffectScale music;
  private final double mean;
  private final double deviation;

  /**
   * In the scales of a pack.
   *
   * @throws MaestroException of kind CONFIGURATION when it was not trained on music with affect and
   *     dynamics
   */
  Manners(ModelPack pack) {
    Map<?, ?> affect = map(pack, "encoder.laff", "affect");
    Map<?, ?> controls = map(pack, "branch", "controls");
    if (!(affect.get("music") instanceof Map<?, ?> scale)
        || !(controls.get(DYNAMICS) instanceof Map<?, ?> dynamics)) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "pack " + pack.name(),
          "it has no scales of affect and dynamics to hear composers in",
          "give a pack whose fusion and branch were trained on music");
    }
    music = AffectScale.of(scale);
    mean = ((Number) dynamics.get("mean")).doubleValue();
    deviation = ((Number) dynamics.get("deviation")).doubleValue();
  }

  private static Map<?, ?> map(ModelPack pack, String part, String name) {
    return pack.part(part)
        .map(PackPart::architecture)
        .map(architecture -> architecture.get(name) instanceof Map<?, ?> map ? map : null)
        .orElse(Map.of());
  }

  /** What is heard in the training split: parts of a pack by name ({@link Manner}). */
  Map<String, Map<String, Object>> of(Corpus corpus) {
    double usual = onsetsPerFrame(corpus.tracks("train"));
    Map<String, Object> affects = new TreeMap<>();
    Map<String, Object> dynamics = new TreeMap<>();
    Map<String, Object> onsets = new TreeMap<>();
    for (String composer : corpus.labels()) {
      List<Track> tracks =
          corpus.tracks("train").stream().filter(track -> track.label().equals(composer)).toList();
      double[] levels = levels(tracks);
      double width = at(levels, ONE_DEVIATION) - at(levels, 1 - ONE_DEVIATION);
      affects.put(composer, AffectScale.of(affects(tracks), QUANTILES).toJson());
      dynamics.put(composer, Map.of("level", at(levels, 0.5), "deviation", width / 2));
      onsets.put(composer, Map.of("onsets", onsetsPerFrame(tracks) / usual));
    }
    return Map.of(
        "encoder.affect", Manner.toJson(affects),
        "control.dynamics", Manner.toJson(dynamics),
        "control.melody", Manner.toJson(onsets),
        "control.onsets", Manner.toJson(onsets));
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

  /** Standardised and sorted. */
  private double[] levels(List<Track> tracks) {
    DoubleStream.Builder levels = DoubleStream.builder();
    for (Track track : tracks) {
      for (float value : track.part(DYNAMICS, 0, track.rows(DYNAMICS))) {
        levels.add((value - mean) / deviation);
      }
    }
    return levels.build().sorted().toArray();
  }

  private static double at(double[] sorted, double quantile) {
    return sorted[(int) Math.round(quantile * (sorted.length - 1))];
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
