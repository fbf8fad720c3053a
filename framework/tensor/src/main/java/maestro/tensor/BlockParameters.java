package maestro.tensor;

import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names of a block's parameters as published checkpoints write them: names of the children and of
 * the parameter, joined by dots ({@code input_blocks.1.0.in_layers.2.weight}).
 *
 * <p>DJL puts a running number before a child's name; it is taken off, except where the children of
 * one block would then share a name, as the unnamed ones of a sequential block do ({@code
 * 01Conv2d.weight}, {@code 02Conv2d.weight}). A child without a name adds nothing to the names
 * below it.
 */
public final class BlockParameters {
  private BlockParameters() {}

  /** All parameters, also those of children, by name in the order of the block. */
  public static Map<String, Parameter> byName(Block block) {
    Map<String, Parameter> named = new LinkedHashMap<>();
    collect("", block, named);
    return named;
  }

  /** Shapes of all parameters, by name in the order of the block; it need not be initialised. */
  public static Map<String, long[]> shapes(Block block) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    byName(block).forEach((name, parameter) -> shapes.put(name, parameter.getShape().getShape()));
    return shapes;
  }

  private static void collect(String prefix, Block block, Map<String, Parameter> into) {
    for (Pair<String, Parameter> parameter : block.getDirectParameters()) {
      into.put(prefix + parameter.getKey(), parameter.getValue());
    }
    BlockList children = block.getChildren();
    Set<String> seen = new HashSet<>();
    boolean unique = true;
    for (int i = 0; i < children.size(); i++) {
      unique &= seen.add(withoutNumber(children.keyAt(i), i + 1));
    }
    for (int i = 0; i < children.size(); i++) {
      String name = children.keyAt(i);
      String part = unique ? withoutNumber(name, i + 1) : name;
      collect(part.isEmpty() ? prefix : prefix + part + '.', children.valueAt(i), into);
    }
  }

  private static String withoutNumber(String name, int number) {
    String prefix = String.format(Locale.ROOT, "%02d", number);
    return name.startsWith(prefix) && name.length() > prefix.length()
        ? name.substring(prefix.length())
        : name;
  }
}
