package maestro.checkpoint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Small rules that carry the names of a published file to those of a network. */
public final class WeightNames {
  private WeightNames() {}

  /**
   * The weights under other names, in the same order.
   *
   * @param rule new name for an old one, or null to leave the weight out
   * @throws CheckpointException when two weights would share a name
   */
  public static Map<String, Weight> renamed(
      Map<String, Weight> weights, UnaryOperator<String> rule) {
    Map<String, Weight> renamed = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          String newName = rule.apply(name);
          if (newName != null) {
            put(renamed, newName, weight);
          }
        });
    return renamed;
  }

  /**
   * What stands under the first of these prefixes that any name has, without it; everything when
   * none has.
   *
   * @param prefixes dots included, for instance {@code generator.}
   */
  public static Map<String, Weight> under(Map<String, Weight> weights, String... prefixes) {
    return Arrays.stream(prefixes)
        .filter(prefix -> has(weights, prefix))
        .findFirst()
        .map(
            prefix ->
                renamed(
                    weights,
                    name -> name.startsWith(prefix) ? name.substring(prefix.length()) : null))
        .orElse(weights);
  }

  /** Takes {@code module.} off, which PyTorch's DataParallel puts before every name. */
  public static Map<String, Weight> withoutModule(Map<String, Weight> weights) {
    return weights.keySet().stream().allMatch(name -> name.startsWith("module."))
        ? under(weights, "module.")
        : weights;
  }

  /** Whether any name begins so. */
  public static boolean has(Map<String, Weight> weights, String prefix) {
    return weights.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  static void put(Map<String, Weight> weights, String name, Weight weight) {
    if (weights.put(name, name.equals(weight.name()) ? weight : weight.named(name)) != null) {
      throw new CheckpointException(
          "weights",
          "two tensors of the file stand for " + CheckpointException.quote(name),
          "use a file of one naming");
    }
  }

  /** Replaces a whole part of a dotted name by another, by the first pair that fits. */
  static String replacePart(String name, List<String[]> pairs) {
    for (String[] pair : pairs) {
      String dotted = "." + name + ".";
      int at = dotted.indexOf("." + pair[0] + ".");
      if (at >= 0) {
        return name.substring(0, at) + pair[1] + name.substring(at + pair[0].length());
      }
    }
    return name;
  }
}
