package maestro.training.latent;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.affect.AffectScale;
import maestro.api.control.ControlSignal;
import maestro.api.control.StyleControl;
import maestro.training.corpus.Corpus;

/** Pieces of music as the diffusion model takes them, being put together to a batch. */
final class Examples {
  private final Source source;
  private final Corpus.Piece[] pieces;
  private final float[] affect;
  private final float[] composer;
  private final float[] kept;
  private final Map<String, float[]> controls = new LinkedHashMap<>();

  /**
   * What all examples of a training have in common.
   *
   * @param latents of the tracks
   * @param scaleFactor of the latents
   * @param latentShape of one example, channels, columns and bands
   * @param conditions affect and composer
   * @param controls in the branch's order; empty without a branch
   * @param frames of a piece
   */
  record Source(
      LatentCache latents,
      double scaleFactor,
      int[] latentShape,
      MusicConditions conditions,
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
    affect = new float[batch * AffectScale.DIMENSIONS.size()];
    composer = new float[batch * MusicConditions.COMPOSERS];
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
    float[] own = source.conditions.affect(piece, source.frames);
    System.arraycopy(own, 0, affect, i * own.length, own.length);
    int place = keepComposer ? source.conditions.composer(piece) : 0;
    composer[i * MusicConditions.COMPOSERS + place] = 1;
    int index = 0;
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

  /** Number of examples. */
  int batch() {
    return pieces.length;
  }

  /** {@code [batch, 5]}. */
  float[] affect() {
    return affect;
  }

  /**
   * Makes the affect less certain.
   *
   * @param noise standard normal, one for each figure
   * @param deviation of the noise that is added
   */
  void blurAffect(float[] noise, double deviation) {
    for (int i = 0; i < affect.length; i++) {
      affect[i] += (float) (deviation * noise[i]);
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
