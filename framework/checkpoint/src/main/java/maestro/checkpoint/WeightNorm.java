package maestro.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Weight normalisation taken out of a file: w = g · v / ‖v‖₂ with one norm for each index of the
 * first axis (which for a transposed convolution is the input channel).
 *
 * <p>Source: pytorch/pytorch, torch/nn/utils/weight_norm.py (names {@code weight_g}, {@code
 * weight_v}) and torch/nn/utils/parametrizations.py ({@code parametrizations.weight.original0},
 * {@code original1}).
 */
public final class WeightNorm {
  private static final String[][] SPELLINGS = {
    {"weight_g", "weight_v"},
    {"parametrizations.weight.original0", "parametrizations.weight.original1"}
  };

  private WeightNorm() {}

  /**
   * The weights with every pair of magnitude and direction folded into one {@code weight}, computed
   * in double precision when it is asked for. Weights that are not normalised stay as they are.
   *
   * @throws CheckpointException when one of a pair is missing or their shapes do not belong
   *     together
   */
  public static Map<String, Weight> folded(Map<String, Weight> weights) {
    Map<String, Weight> folded = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          for (String[] spelling : SPELLINGS) {
            if (ends(name, spelling[0])) {
              find(weights, name, spelling[0], spelling[1]);
              return;
            }
            if (ends(name, spelling[1])) {
              Weight magnitude = find(weights, name, spelling[1], spelling[0]);
              String target = name.substring(0, name.length() - spelling[1].length()) + "weight";
              WeightNames.put(folded, target, fold(target, magnitude, weight));
              return;
            }
          }
          WeightNames.put(folded, name, weight);
        });
    return folded;
  }

  private static boolean ends(String name, String last) {
    return name.equals(last) || name.endsWith("." + last);
  }

  private static Weight find(Map<String, Weight> weights, String name, String own, String other) {
    String partner = name.substring(0, name.length() - own.length()) + other;
    Weight weight = weights.get(partner);
    if (weight == null) {
      throw new CheckpointException(
          "weight normalisation",
          "there is '" + name + "' but no '" + partner + "'",
          CheckpointException.AGAIN);
    }
    return weight;
  }

  private static Weight fold(String name, Weight magnitude, Weight direction) {
    long[] shape = direction.shape();
    if (shape.length == 0 || shape[0] == 0 || magnitude.elements() != shape[0]) {
      throw new CheckpointException(
          "weight normalisation",
          "'"
              + name
              + "' has "
              + magnitude.elements()
              + " magnitudes for a direction of "
              + Weight.shapeText(shape),
          CheckpointException.AGAIN);
    }
    return ComputedWeight.floats(
        name,
        shape,
        () -> {
          float[] g = magnitude.toFloats();
          float[] v = direction.toFloats();
          int row = v.length / g.length;
          for (int i = 0; i < g.length; i++) {
            double squares = 0;
            for (int j = i * row; j < (i + 1) * row; j++) {
              squares += (double) v[j] * v[j];
            }
            double scale = g[i] / Math.sqrt(squares);
            for (int j = i * row; j < (i + 1) * row; j++) {
              v[j] = (float) (v[j] * scale);
            }
          }
          return v;
        });
  }
}
