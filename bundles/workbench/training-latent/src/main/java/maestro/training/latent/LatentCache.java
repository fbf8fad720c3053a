package maestro.training.latent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.training.corpus.Corpus;
import maestro.training.corpus.Track;

/**
 * Posteriors of whole tracks, encoded once: for each latent column the means and then the
 * logarithms of the variances, {@code [columns, 2·channels·bands]}. A track is encoded in windows
 * with some of what lies around, of which the middle is kept, so that a piece may begin at any
 * column.
 */
final class LatentCache {
  /** Encodes a mel. */
  @FunctionalInterface
  interface Encoder {
    /**
     * Encodes a window.
     *
     * @param mel {@code [frames, bands]}
     * @return moments {@code [2·channels, columns, latentBands]}
     */
    float[] moments(float[] mel, int frames);
  }

  private static final int WINDOW = 1024;
  private static final int AROUND = 64;

  private final Path folder;
  private final String vae;
  private final int compression;
  private final int channels;
  private final int bands;
  private final Encoder encoder;
  private final Map<Track, Weight> opened = new LinkedHashMap<>();

  /**
   * A cache.
   *
   * @param vae digest of the VAE's weights, of the code that runs them, and of how it computes
   * @param channels of the latent
   * @param bands of the latent
   */
  LatentCache(Path folder, String vae, int compression, int channels, int bands, Encoder encoder) {
    this.folder = folder;
    this.vae = vae;
    this.compression = compression;
    this.channels = channels;
    this.bands = bands;
    this.encoder = encoder;
  }

  /** Encodes a track unless that was done. */
  void prepare(Track track) {
    Path file = folder.resolve(vae.substring(0, 16) + "-" + track.digest() + ".safetensors");
    if (!Files.exists(file)) {
      float[] moments = encode(track);
      int width = 2 * channels * bands;
      Safetensors.write(
          file,
          new NamedTensors(
              Map.of("moments", FloatTensor.of(moments, moments.length / width, width)), Map.of()));
    }
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      opened.put(track, checkpoint.weight("moments"));
    }
  }

  private float[] encode(Track track) {
    int columns = Math.max(1, track.frames() / compression);
    int width = 2 * channels * bands;
    float[] all = new float[columns * width];
    int melBands = track.channels(Corpus.MEL);
    for (int start = 0; start < columns * compression; start += WINDOW) {
      int from = Math.max(0, start - AROUND);
      int to = start + WINDOW + AROUND;
      float[] mel = track.part(Corpus.MEL, from, to - from);
      float[] moments = encoder.moments(mel, mel.length / melBands);
      int seen = (to - from) / compression;
      int skipped = (start - from) / compression;
      for (int column = 0; column < WINDOW / compression; column++) {
        int target = start / compression + column;
        if (target >= columns) {
          break;
        }
        for (int c = 0; c < 2 * channels; c++) {
          System.arraycopy(
              moments,
              (c * seen + skipped + column) * bands,
              all,
              target * width + c * bands,
              bands);
        }
      }
    }
    return all;
  }

  /**
   * A draw from the posterior of a piece, σ·ε + μ.
   *
   * @param column first column
   * @param count columns; those past the end repeat the last
   * @param epsilon standard normal numbers, {@code [channels, count, bands]}, or null for the means
   * @param into {@code [channels, count, bands]} is written here
   * @param at where
   */
  void sample(Track track, int column, int count, float[] epsilon, float[] into, int at) {
    Weight weight = opened.get(track);
    int columns = (int) weight.shape()[0];
    int width = 2 * channels * bands;
    int there = Math.min(count, columns - column);
    float[] moments = weight.rows(column, column + there).toFloats();
    for (int t = 0; t < count; t++) {
      int row = Math.min(t, there - 1) * width;
      for (int c = 0; c < channels; c++) {
        for (int b = 0; b < bands; b++) {
          int target = (c * count + t) * bands + b;
          float value = moments[row + c * bands + b];
          if (epsilon != null) {
            double deviation = Math.exp(0.5 * moments[row + (channels + c) * bands + b]);
            value += (float) deviation * epsilon[target];
          }
          into[at + target] = value;
        }
      }
    }
  }
}
