package maestro.packs;

import java.util.LinkedHashMap;
import java.util.Map;

/** Collects the names and shapes of a network's tensors, layer by layer. */
final class Shapes {
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  Map<String, long[]> map() {
    return shapes;
  }

  Shapes tensor(String name, long... shape) {
    shapes.put(name, shape);
    return this;
  }

  /** A linear or convolutional layer with bias; the shape is that of its weight. */
  Shapes layer(String name, long... shape) {
    return tensor(name + ".weight", shape).tensor(name + ".bias", shape[0]);
  }

  /** A transposed convolution with bias, whose outputs are the second axis. */
  Shapes transposed(String name, long in, long out, long kernel) {
    return tensor(name + ".weight", in, out, kernel).tensor(name + ".bias", out);
  }

  /** A group, layer or instance normalisation. */
  Shapes norm(String name, long channels) {
    return layer(name, channels);
  }

  /** A batch normalisation, without the counter that only training needs. */
  Shapes batchNorm(String name, long channels) {
    return norm(name, channels)
        .tensor(name + ".running_mean", channels)
        .tensor(name + ".running_var", channels);
  }

  Shapes all(String prefix, Map<String, long[]> others) {
    others.forEach((name, shape) -> shapes.put(prefix + name, shape));
    return this;
  }
}
