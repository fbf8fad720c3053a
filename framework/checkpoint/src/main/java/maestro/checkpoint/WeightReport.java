package maestro.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * How the weights of a file compare with what a network needs.
 *
 * @param missing names the network needs and the file lacks
 * @param surplus names the file has and the network does not know
 * @param misshapen name, shape found and shape needed, for people
 */
public record WeightReport(List<String> missing, List<String> surplus, List<String> misshapen) {
  private static final int SHOWN = 3;

  /** Copies the lists. */
  public WeightReport {
    missing = List.copyOf(missing);
    surplus = List.copyOf(surplus);
    misshapen = List.copyOf(misshapen);
  }

  /**
   * Compares names and shapes. Shapes that differ only in axes of length one at the end are the
   * same, so a 1×1 convolution passes for a matrix.
   *
   * @param needed shape by name
   */
  public static WeightReport compare(Map<String, long[]> needed, Map<String, Weight> found) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    needed.forEach(
        (name, shape) -> {
          Weight weight = found.get(name);
          if (weight == null) {
            missing.add(name);
          } else if (!Arrays.equals(core(weight.shape()), core(shape))) {
            misshapen.add(
                name
                    + " "
                    + Weight.shapeText(weight.shape())
                    + " instead of "
                    + Weight.shapeText(shape));
          }
        });
    List<String> surplus =
        found.keySet().stream().filter(name -> !needed.containsKey(name)).toList();
    return new WeightReport(missing, surplus, misshapen);
  }

  /**
   * Exactly the weights a network needs, in its order and shapes; what else the file holds is left
   * out.
   *
   * @param part network or file by the name the user knows
   * @throws CheckpointException that lists what is missing and misshapen, when anything is
   */
  public static Map<String, Weight> fitted(
      String part, Map<String, long[]> needed, Map<String, Weight> found) {
    WeightReport report = compare(needed, found);
    if (!report.complete()) {
      throw new CheckpointException(
          part,
          "the weights do not fit the network: " + report,
          "use the file or the architecture that belongs to it");
    }
    Map<String, Weight> fitted = new LinkedHashMap<>();
    needed.forEach(
        (name, shape) -> {
          Weight weight = found.get(name);
          fitted.put(name, Arrays.equals(weight.shape(), shape) ? weight : weight.reshaped(shape));
        });
    return fitted;
  }

  /** Whether everything needed is there in its shape; surplus tensors do not count. */
  public boolean complete() {
    return missing.isEmpty() && misshapen.isEmpty();
  }

  /** One sentence: how many of each kind, and the first of them by name. */
  @Override
  public String toString() {
    StringJoiner sentence = new StringJoiner("; ");
    add(sentence, missing, "missing");
    add(sentence, misshapen, "misshapen");
    add(sentence, surplus, "surplus");
    return sentence.length() == 0 ? "nothing missing, surplus or misshapen" : sentence.toString();
  }

  private static void add(StringJoiner sentence, List<String> names, String kind) {
    if (!names.isEmpty()) {
      String shown =
          names.stream()
              .limit(SHOWN)
              .map(CheckpointException::quote)
              .collect(Collectors.joining(", "));
      sentence.add(
          names.size() + " " + kind + " (" + shown + (names.size() > SHOWN ? ", …)" : ")"));
    }
  }

  private static long[] core(long[] shape) {
    int length = shape.length;
    while (length > 1 && shape[length - 1] == 1) {
      length--;
    }
    return Arrays.copyOf(shape, length);
  }
}
