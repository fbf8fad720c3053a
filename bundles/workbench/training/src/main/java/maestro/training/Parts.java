package maestro.training;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.checkpoint.Weight;
import maestro.tensor.BlockParameters;

/** Between blocks in training and named weights. */
public final class Parts {
  private Parts() {}

  /** Parameters of a block by name. */
  public static Map<String, Parameter> parameters(Block block) {
    return BlockParameters.byName(block);
  }

  /** Copies of a block's weights as they are now. */
  public static List<Weight> weights(Block block) {
    List<Weight> weights = new ArrayList<>();
    parameters(block).forEach((name, parameter) -> weights.add(Trainer.weight(name, parameter)));
    return weights;
  }

  /**
   * Fills a block's parameters from weights of the same names and shapes.
   *
   * @return names of the parameters that were left at their first values, because no weight of that
   *     name has their shape
   */
  public static List<String> fill(Block block, Map<String, Weight> weights) {
    List<String> left = new ArrayList<>();
    parameters(block)
        .forEach(
            (name, parameter) -> {
              Weight weight = weights.get(name);
              if (weight == null
                  || !java.util.Arrays.equals(weight.shape(), parameter.getShape().getShape())) {
                left.add(name);
              } else {
                boolean gradient = parameter.getArray().hasGradient();
                parameter.getArray().setRequiresGradient(false);
                parameter.getArray().set(java.nio.FloatBuffer.wrap(weight.toFloats()));
                parameter.getArray().setRequiresGradient(gradient);
              }
            });
    return left;
  }

  /** Keeps a block's parameters as they are: no gradients are made for them. */
  public static void freeze(Block block) {
    parameters(block)
        .values()
        .forEach(parameter -> parameter.getArray().setRequiresGradient(false));
  }
}
