package maestro.training.latent;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.affect.AffectScale;
import maestro.api.control.ControlSignal;
import maestro.api.control.StyleControl;
import maestro.training.Draw;
import maestro.training.corpus.Corpus;

/** Pieces of music as the diffusion model takes them, being put together to a batch. */
final class Examples {
  private final Source source;
  private final Corpus.Piece[] pieces;
  private final List<float[]> features;
  private final float[] composer;
  private final float[] kept;
  private final Map<String, float[]> controls = new LinkedHashMap<>();

  /**
   * What all examples of a training have in common.
   *
   * @param latents of the tracks
   * @param scaleFactor of the latents
   * @param latentShape of one example, channels, columns and bands
   * @param conditions what they are told of a film
   * @param composers known by name
   * @param controls in the branch's order; empty without a branch
   * @param frames of a piece
   */
  record Source(
      LatentCache latents,
      double scaleFactor,
      int[] latentShape,
      Conditions conditions,
      Composers composers,
      Map<String, Control> controls,
      int frames) {}

  /**
   * A control as the branch is fed it.
   *
   * @param ear knows how it is standardised
   * @param scale over the training tracks
   */
  record Control(StyleControl ear, ControlScale scale) {
    int channels() {
      return ear.channels();
    }
  }

  /** Room for a batch, every number 0. */
  Examples(Source source, int batch) {
    this.source = source;
    pieces = new Corpus.Piece[batch];
    features =
        source.conditions.encoders().values().stream()
            .map(width -> new float[batch * width])
            .toList();
    composer = new float[batch * Composers.WIDTH];
    kept = new float[batch];
    source.controls.forEach(
        (name, control) ->
            controls.put(name, new float[batch * control.channels() * source.frames]));
  }

  /**
   * Puts a piece in its place.
   *
   * @param keepControls whether each control takes part, in the branch's order; empty without one
   */
  void put(
      int i,
      Corpus.Piece piece,
      boolean keepCondition,
      boolean keepComposer,
      List<Boolean> keepControls) {
    pieces[i] = piece;
    kept[i] = keepCondition ? 1 : 0;
    int index = 0;
    for (float[] own : source.conditions.features(piece)) {
      System.arraycopy(own, 0, features.get(index++), i * own.length, own.length);
    }
    int place = keepComposer ? source.composers.place(piece) : 0;
    composer[i * Composers.WIDTH + place] = 1;
    index = 0;
    for (Map.Entry<String, float[]> control : controls.entrySet()) {
      if (keepControls.get(index++)) {
        putControl(control.getKey(), control.getValue(), i, piece);
      }
    }
  }

  /** Rows become channels. */
  private void putControl(String name, float[] into, int i, Corpus.Piece piece) {
    Control control = source.controls.get(name);
    int channels = control.channels();
    int frames = source.frames;
    int there = Math.min(frames, piece.track().rows(name) - piece.start());
    float[] rows =
        control
            .ear()
            .standardise(
                new ControlSignal(there, channels, piece.track().part(name, piece.start(), there)),
                control.scale().mean(),
                control.scale().deviation())
            .values();
    for (int t = 0; t < there; t++) {
      for (int c = 0; c < channels; c++) {
        into[(i * channels + c) * frames + t] = rows[t * channels + c];
      }
    }
  }

  /** Lets a control ask for nothing over a span of time, as where nobody has specified it. */
  void drop(int i, String control, ControlDropping.Span span) {
    int channels = source.controls.get(control).channels();
    for (int c = 0; c < channels; c++) {
      int row = (i * channels + c) * source.frames;
      Arrays.fill(controls.get(control), row + span.from(), row + span.to(), 0);
    }
  }

  /** Number of examples. */
  int batch() {
    return pieces.length;
  }

  /** A feature {@code [batch, width]} for each encoder. */
  List<float[]> features() {
    return features;
  }

  /**
   * Makes the features less certain.
   *
   * @param noise standard normal, one for each number of the encoder's feature
   * @param deviation of the noise that is added
   */
  void blur(int encoder, float[] noise, double deviation) {
    float[] feature = features.get(encoder);
    for (int i = 0; i < feature.length; i++) {
      feature[i] += (float) (deviation * noise[i]);
    }
  }

  /** Makes the affect, which is the first feature then, less certain by such noise. */
  void blurAffect(Draw draw, double deviation) {
    if (deviation > 0) {
      int dimensions = AffectScale.DIMENSIONS.size();
      blur(0, draw.gaussian("affect", batch(), dimensions).toFloatArray(), deviation);
    }
  }

  /** {@code [batch, 32]}, one-hot. */
  float[] composer() {
    return composer;
  }

  /** {@code [batch]}, 1 where the condition is kept and 0 where it is dropped. */
  float[] kept() {
    return kept;
  }

  /** {@code [batch, channels, frames]}, zeros where dropped. */
  float[] control(String name) {
    return controls.get(name);
  }

  long[] latentShape() {
    int[] one = source.latentShape;
    return new long[] {pieces.length, one[0], one[1], one[2]};
  }

  /** Scaled draws from the posteriors; the means when there is no noise. */
  float[] latents(float[] noise) {
    int[] one = source.latentShape;
    int size = one[0] * one[1] * one[2];
    int compression = source.frames / one[1];
    float[] all = new float[pieces.length * size];
    for (int i = 0; i < pieces.length; i++) {
      float[] own = noise == null ? null : Arrays.copyOfRange(noise, i * size, (i + 1) * size);
      source.latents.sample(
          pieces[i].track(), pieces[i].start() / compression, one[1], own, all, i * size);
    }
    for (int k = 0; k < all.length; k++) {
      all[k] *= (float) source.scaleFactor;
    }
    return all;
  }
}
