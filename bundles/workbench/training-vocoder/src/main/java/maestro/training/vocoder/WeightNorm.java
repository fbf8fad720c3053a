package maestro.training.vocoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import maestro.checkpoint.Weight;
import maestro.training.Parts;

/**
 * Weight normalisation of all convolutions of a block (Salimans and Kingma 2016): in place of a
 * weight w a training learns its direction v and, for each index of the first axis, its length g, w
 * = g·v/|v|. The block stays as it is; it takes its weights from {@link #store}.
 *
 * <p>The block's own array is v, so a weight begins as it was. In training they are named {@code
 * weight_v} and {@code weight_g}, as in the files of the paper's source.
 */
final class WeightNorm {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Parameter> weights;
  private final Map<Parameter, Parameter> lengths = new HashMap<>();

  /**
   * Normalises a block.
   *
   * @param block initialised
   * @param manager owns the lengths
   */
  WeightNorm(Block block, NDManager manager) {
    weights = Parts.parameters(block);
    weights.forEach(
        (name, weight) -> {
          if (weight.getShape().dimension() == 1) {
            parameters.put(name, weight);
            return;
          }
          Parameter length =
              Parameter.builder().setName("weight_g").setType(Parameter.Type.OTHER).build();
          try (NDManager scope = manager.newSubManager()) {
            NDArray first = weight.getArray().duplicate();
            first.attach(scope);
            NDArray norm = norm(first);
            norm.attach(manager);
            length.setArray(norm);
          }
          lengths.put(weight, length);
          parameters.put(name + "_g", length);
          parameters.put(name + "_v", weight);
        });
  }

  /** Of each index of the first axis, {@code [out, 1, …]}. */
  private static NDArray norm(NDArray direction) {
    int[] axes = IntStream.range(1, direction.getShape().dimension()).toArray();
    return direction.square().sum(axes, true).sqrt();
  }

  /** What is trained, by name. */
  Map<String, Parameter> parameters() {
    return parameters;
  }

  /**
   * A store that gives the block its normalised weights, each computed once.
   *
   * @param plain gives all other arrays; its manager owns the weights
   */
  ParameterStore store(ParameterStore plain) {
    Map<Parameter, NDArray> normalised = new HashMap<>();
    return new ParameterStore(plain.getManager(), false) {
      @Override
      public NDArray getValue(Parameter parameter, Device device, boolean training) {
        Parameter length = lengths.get(parameter);
        if (length == null) {
          return plain.getValue(parameter, device, training);
        }
        return normalised.computeIfAbsent(
            parameter,
            direction -> {
              NDArray v = plain.getValue(direction, device, training);
              NDArray weight = plain.getValue(length, device, training).mul(v.div(norm(v)));
              weight.attach(getManager());
              return weight;
            });
      }
    };
  }

  /** The block's weights as they are now, normalisation folded in, under the block's own names. */
  List<Weight> folded() {
    List<Weight> folded = new ArrayList<>();
    weights.forEach(
        (name, weight) -> {
          Parameter length = lengths.get(weight);
          float[] values =
              length == null
                  ? weight.getArray().toFloatArray()
                  : fold(weight.getArray().toFloatArray(), length.getArray().toFloatArray());
          folded.add(Weight.computed(name, weight.getShape().getShape(), () -> values));
        });
    return folded;
  }

  private static float[] fold(float[] direction, float[] lengths) {
    float[] folded = new float[direction.length];
    int width = direction.length / lengths.length;
    for (int row = 0; row < lengths.length; row++) {
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        squares += (double) direction[i] * direction[i];
      }
      double factor = lengths[row] / Math.sqrt(squares);
      for (int i = row * width; i < (row + 1) * width; i++) {
        folded[i] = (float) (factor * direction[i]);
      }
    }
    return folded;
  }
}
