package maestro.commands;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Mel;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;

/** Tensors a user gave, taken out with a check of name and shape. */
record Tensors(Path file, NamedTensors content) {
  /** Names of all tensors. */
  Set<String> names() {
    return new TreeSet<>(content.tensors().keySet());
  }

  /** Whether there is one of that name. */
  boolean has(String name) {
    return content.tensors().containsKey(name);
  }

  /**
   * The tensor of that name.
   *
   * @param axes length of each axis, −1 for any; a tensor that lacks a first axis of 1 gets it
   */
  FloatTensor get(String name, long... axes) {
    FloatTensor tensor = content.tensors().get(name);
    if (tensor == null) {
      throw wrong("it has no tensor '" + name + "' among " + names(), "name the tensor " + name);
    }
    long[] shape = tensor.shape();
    if (shape.length == axes.length - 1 && (axes[0] == 1 || axes[0] < 0)) {
      long[] longer = new long[axes.length];
      longer[0] = 1;
      System.arraycopy(shape, 0, longer, 1, shape.length);
      shape = longer;
    }
    boolean fits = shape.length == axes.length;
    for (int i = 0; fits && i < axes.length; i++) {
      fits = shape[i] > 0 && (axes[i] < 0 || axes[i] == shape[i]);
    }
    if (!fits) {
      throw wrong(
          "tensor '" + name + "' has shape " + Arrays.toString(tensor.shape()),
          "give " + Arrays.toString(axes).replace("-1", "any"));
    }
    return new FloatTensor(shape, tensor.values());
  }

  /** A mel [T, bands]; a batch of one is taken too. */
  Mel mel(String name) {
    FloatTensor tensor = get(name, 1, -1, -1);
    return new Mel(tensor.axis(1), tensor.axis(2), tensor.values());
  }

  private MaestroException wrong(String cause, String next) {
    return new MaestroException(Kind.INPUT, file.getFileName().toString(), cause, next);
  }
}
