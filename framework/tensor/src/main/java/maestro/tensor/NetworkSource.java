package maestro.tensor;

import ai.djl.nn.Block;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;

/**
 * What an engine needs to make a {@link Network}: a block, its inputs and outputs, and its weights.
 *
 * <p>The block's forward gets one array for each input, in order, and returns one for each output.
 * It takes its parameters from the parameter store, as DJL's own blocks do, and may be a block that
 * only combines others (two passes and a guided sum). Weights go by the names of {@link
 * BlockParameters#byName}; surplus ones are ignored.
 *
 * @param name name in messages, for instance {@code denoiser}
 * @param block makes a fresh, uninitialised block; called once for each engine and input size
 * @param inputs in the order of the block's input list
 * @param outputs names of the arrays that the block returns, in order
 * @param weights by parameter name, shapes as the block's parameters
 */
public record NetworkSource(
    String name,
    Supplier<? extends Block> block,
    List<NetworkInput> inputs,
    List<String> outputs,
    Map<String, Weight> weights) {
  /** Copies the lists. */
  public NetworkSource {
    Objects.requireNonNull(name);
    Objects.requireNonNull(block);
    Objects.requireNonNull(weights);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Checks tensors against the declared inputs.
   *
   * @return shape of each input, by name
   * @throws IllegalArgumentException when an input is missing, surplus or does not fit
   */
  public Map<String, long[]> shapesOf(Map<String, FloatTensor> tensors) {
    Map<String, long[]> shapes = new HashMap<>();
    for (NetworkInput input : inputs) {
      FloatTensor tensor = tensors.get(input.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            name + ": no input '" + input.name() + "' among " + tensors.keySet());
      }
      if (!input.fits(tensor.shape())) {
        throw new IllegalArgumentException(
            name
                + ": input '"
                + input.name()
                + "' is "
                + Weight.shapeText(tensor.shape())
                + ", must be "
                + Weight.shapeText(input.shape()).replace("-1", "?"));
      }
      shapes.put(input.name(), tensor.shape());
    }
    if (tensors.size() > inputs.size()) {
      throw new IllegalArgumentException(name + ": surplus inputs among " + tensors.keySet());
    }
    return shapes;
  }
}
