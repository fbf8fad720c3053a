package maestro.embedding.melstatistics;

import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.metric.AudioEmbedding;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.signal.LogMel;
import org.osgi.service.component.annotations.Component;

/**
 * An embedding without weights: mean and standard deviation of each of the 64 log-mel bands over
 * 0.96 s.
 *
 * <p>Hears timbre, level and how much they move, nothing more. It lets distances be computed where
 * no network is installed; such figures are not comparable to those of VGGish or PANNs. A last
 * patch that is not full is dropped unless it is the only one.
 */
@Component
@Plugin(name = "embedding.mel-statistics", formerly = "metric.mel-statistics")
public final class MelStatistics implements AudioEmbedding {
  private static final int PATCH_FRAMES = 96;

  private final LogMel frontEnd = new LogMel();

  @Override
  public int width() {
    return 2 * LogMel.BANDS;
  }

  @Override
  public int classes() {
    return 0;
  }

  @Override
  public Heard hear(Sound sound, RunContext run) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "embedding.mel-statistics",
          "the sound is empty",
          "leave it out");
    }
    Mel mel = frontEnd.mel(sound);
    int patches = Math.max(1, mel.frames() / PATCH_FRAMES);
    float[][] embeddings = new float[patches][];
    for (int n = 0; n < patches; n++) {
      int from = n * PATCH_FRAMES;
      embeddings[n] = statistics(mel, from, Math.min(mel.frames(), from + PATCH_FRAMES));
    }
    return new Heard(embeddings, new float[0]);
  }

  private static float[] statistics(Mel mel, int from, int to) {
    float[] statistics = new float[2 * LogMel.BANDS];
    for (int m = 0; m < LogMel.BANDS; m++) {
      double mean = 0;
      for (int t = from; t < to; t++) {
        mean += mel.values()[t * LogMel.BANDS + m];
      }
      mean /= to - from;
      double squares = 0;
      for (int t = from; t < to; t++) {
        double difference = mel.values()[t * LogMel.BANDS + m] - mean;
        squares += difference * difference;
      }
      statistics[m] = (float) mean;
      statistics[LogMel.BANDS + m] = (float) Math.sqrt(squares / (to - from));
    }
    return statistics;
  }
}
