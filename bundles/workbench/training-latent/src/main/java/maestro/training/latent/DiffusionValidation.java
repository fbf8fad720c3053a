package maestro.training.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import maestro.training.Draw;
import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.corpus.Corpus;

/**
 * The loss on pieces held out, and what it is without the condition, the composer and each control:
 * what they are worth.
 *
 * @param pieces held out; each with a noise and a timestep of its own, always the same
 */
record DiffusionValidation(
    TrainingContext context,
    DiffusionSettings settings,
    Examples.Source source,
    ForwardProcess forward,
    DiffusionSamples.Predictor predictor,
    List<Corpus.Piece> pieces) {
  /** All figures; the loss is the first. */
  Map<String, Double> figures(boolean withBranch, TrainingSession.Progress progress) {
    Set<String> all = source.controls().keySet();
    Counter counter = new Counter(progress, passes(withBranch) * pieces.size());
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss", loss(true, true, all, counter));
    figures.put("lossWithoutCondition", loss(false, true, all, counter));
    if (settings.composers) {
      figures.put("lossWithoutComposer", loss(true, false, all, counter));
    }
    if (withBranch) {
      figures.put("lossWithoutControls", loss(true, true, Set.of(), counter));
      for (String control : all) {
        Set<String> others = new TreeSet<>(all);
        others.remove(control);
        figures.put(
            "lossWithout" + Character.toUpperCase(control.charAt(0)) + control.substring(1),
            loss(true, true, others, counter));
      }
    }
    return figures;
  }

  private int passes(boolean withBranch) {
    return 2 + (settings.composers ? 1 : 0) + (withBranch ? 1 + source.controls().size() : 0);
  }

  /** How many pieces have been heard. */
  private static final class Counter {
    private final TrainingSession.Progress progress;
    private final int of;
    private int done;

    Counter(TrainingSession.Progress progress, int of) {
      this.progress = progress;
      this.of = of;
    }

    void next() {
      progress.at(++done, of);
    }
  }

  private double loss(
      boolean withCondition, boolean withComposer, Set<String> withControls, Counter counter) {
    double sum = 0;
    for (int i = 0; i < pieces.size(); i++) {
      try (NDManager scope = context.manager().newSubManager();
          NDScope arrays = new NDScope()) {
        arrays.suppressNotUsedWarning();
        Draw draw = Draw.fixed(i, 1, scope);
        Examples examples = new Examples(source, 1);
        examples.put(
            0,
            pieces.get(i),
            withCondition,
            withComposer,
            source.controls().keySet().stream().map(withControls::contains).toList());
        examples.blurAffect(draw, settings.affectNoise);
        NDArray epsilon = ForwardProcess.noise(draw, settings.noiseOffset, examples.latentShape());
        NDArray z = draw.array(examples.latents(null), examples.latentShape());
        int[] timesteps = {(int) ((i + 0.5) / pieces.size() * forward.schedule().timesteps())};
        sum +=
            predictor
                .predict(draw, examples, forward.noised(draw, z, epsilon, timesteps), timesteps)
                .sub(epsilon)
                .square()
                .mul(forward.weights(draw, timesteps, settings.noiseWeightLimit))
                .mean()
                .toFloatArray()[0];
      }
      counter.next();
    }
    return sum / pieces.size();
  }
}
