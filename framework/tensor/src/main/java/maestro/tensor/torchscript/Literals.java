package maestro.tensor.torchscript;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import maestro.tensor.graph.Node;
import maestro.tensor.graph.Value;

/** Attributes and constant inputs of a node as literals of TorchScript. */
final class Literals {
  private Literals() {}

  static long[] numbers(Node node, int input) {
    Value value = node.inputs().get(input);
    long[] numbers = new long[Math.toIntExact(value.size())];
    LongBuffer longs = value.constantBytes().asLongBuffer();
    longs.get(numbers);
    return numbers;
  }

  static long[] longs(Node node, String attribute) {
    return (long[]) node.attributes().get(attribute);
  }

  static String list(Node node, String attribute) {
    return list(longs(node, attribute));
  }

  /** The zeros before each axis; those after are as many. */
  static String pads(Node node) {
    long[] pads = longs(node, "pads");
    return list(Arrays.copyOf(pads, pads.length / 2));
  }

  static String number(Node node, String attribute) {
    return node.attributes().get(attribute).toString();
  }

  static String epsilon(Node node) {
    return real(node, "epsilon");
  }

  static String real(Node node, String attribute) {
    return real(((Float) node.attributes().get(attribute)).doubleValue());
  }

  static String real(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return "float('" + (Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf") + "')";
    }
    return Double.toString(number).toLowerCase(Locale.ROOT);
  }

  static String truth(Node node, String attribute) {
    return (long) node.attributes().get(attribute) == 1 ? "True" : "False";
  }

  static String largest(Node node) {
    return truth(node, "largest") + ", True";
  }

  static long[] innerAxes(Value x) {
    long[] axes = new long[x.rank() - 2];
    Arrays.setAll(axes, i -> i + 2);
    return axes;
  }

  static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The axes from one on, counted from the end. */
  static long[] tail(long[] shape, int axis) {
    return Arrays.copyOfRange(shape, shape.length + axis, shape.length);
  }

  static String list(long[] numbers) {
    return Arrays.toString(numbers);
  }

  static String list(List<String> items) {
    return items.stream().collect(Collectors.joining(", ", "[", "]"));
  }
}
