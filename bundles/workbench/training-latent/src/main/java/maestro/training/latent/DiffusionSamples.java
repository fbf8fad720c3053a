package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import maestro.api.latent.Latent;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.Device;
import maestro.api.run.Noise;
import maestro.api.sound.Mel;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.training.Draw;
import maestro.training.ForwardPass;
import maestro.training.Sample;
import maestro.training.TrainingContext;
import maestro.training.corpus.Corpus;

/** What a diffusion model in training makes of held-out pieces, with guidance of scale 3. */
record DiffusionSamples(
    TrainingContext context, Examples.Source source, ForwardPass decoder, Predictor predictor) {
  private static final int PIECES = 2;
  private static final float GUIDANCE = 3;

  /** The network as it is. */
  @FunctionalInterface
  interface Predictor {
    NDArray predict(Draw draw, Examples examples, NDArray noisy, int[] timesteps);
  }

  /** Pieces as they are, and music of their conditions without and with their controls. */
  List<Sample> of(List<Corpus.Piece> heldOut) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < Math.min(PIECES, heldOut.size()); i++) {
      Corpus.Piece piece = heldOut.get(i * heldOut.size() / PIECES);
      float[] own = piece.track().part(Corpus.MEL, piece.start(), source.frames());
      String number = i + 1 + " ";
      samples.add(Sample.of(number + "original", new Mel(source.frames(), PackVae.BANDS, own)));
      samples.add(Sample.of(number + "of its condition", sampled(piece, false)));
      if (!source.controls().isEmpty()) {
        samples.add(Sample.of(number + "with its controls", sampled(piece, true)));
      }
    }
    return samples;
  }

  /** Walks from noise; the second example of the batch is the one without a condition. */
  private Mel sampled(Corpus.Piece piece, boolean steered) {
    Examples examples = new Examples(source, 2);
    List<Boolean> kept = Collections.nCopies(source.controls().size(), steered);
    examples.put(0, piece, true, true, kept);
    examples.put(1, piece, false, true, kept);
    int[] shape = source.latentShape();
    Noise noise = new Noise(context.recipe().seed);
    Latent start =
        new Latent(
            shape[0], shape[1], shape[2], noise.gaussian("sample", shape[0] * shape[1] * shape[2]));
    Latent end =
        context
            .sampler()
            .sample(
                start,
                (latent, timestep) -> guided(examples, latent, timestep),
                NoiseSchedule.audioLdm(),
                new SingleRun("samples", Device.CPU, noise, Optional.empty(), RunObserver.NOBODY));
    try (NDManager scope = context.manager().newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      NDArray z =
          scope
              .create(FloatBuffer.wrap(end.values()), new Shape(1, shape[0], shape[1], shape[2]))
              .div((float) source.scaleFactor());
      return new Mel(
          source.frames(),
          PackVae.BANDS,
          decoder.run(new ParameterStore(scope, false), new NDList(z)).get(0).toFloatArray());
    }
  }

  /** ε without a condition, plus the guidance scale times what the condition changes. */
  private Latent guided(Examples examples, Latent latent, int timestep) {
    try (NDManager scope = context.manager().newSubManager();
        NDScope arrays = new NDScope()) {
      arrays.suppressNotUsedWarning();
      Draw draw = Draw.fixed(0, 2, scope);
      float[] values = latent.values();
      float[] both = Arrays.copyOf(values, 2 * values.length);
      System.arraycopy(values, 0, both, values.length, values.length);
      float[] epsilon =
          predictor
              .predict(
                  draw,
                  examples,
                  draw.array(both, examples.latentShape()),
                  new int[] {timestep, timestep})
              .toFloatArray();
      float[] guided = new float[values.length];
      for (int k = 0; k < guided.length; k++) {
        float without = epsilon[values.length + k];
        guided[k] = without + GUIDANCE * (epsilon[k] - without);
      }
      return latent.with(guided);
    }
  }
}
