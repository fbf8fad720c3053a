package maestro.tensor.graph;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How convolutions are recorded; biases may be null. */
final class Convolutions {
  private final Graph graph;

  Convolutions(Graph graph) {
    this.graph = graph;
  }

  /** The convolution of {@code [batch, in, ...]} with a weight {@code [out, in / groups, ...]}. */
  Value convolution(
      Value x, Value w, Value bias, Shape stride, Shape padding, Shape dilation, int groups) {
    long[] shape = x.shape();
    if (shape[1] != w.axis(1) * groups) {
      throw new IllegalArgumentException(
          "convolution: "
              + shape[1]
              + " channels for a weight of "
              + w.axis(1)
              + " in "
              + groups
              + " groups");
    }
    shape[1] = w.axis(0);
    for (int i = 2; i < shape.length; i++) {
      shape[i] =
          Shapes.windowed(
              shape[i],
              w.axis(i),
              stride.get(i - 2),
              padding.get(i - 2),
              dilation.get(i - 2),
              false);
    }
    if (shape.length == 3 && graph.target() == Target.CPU) {
      if (groups == 1
          && stride.get(0) == 1
          && shape[2] == x.axis(2)
          && PhasedConvolution.pays(x, w, dilation.get(0))) {
        return PhasedConvolution.of(graph, x, w, bias, dilation.get(0));
      }
      return graph
          .lines()
          .line(
              convolution(
                  graph.lines().plane(x),
                  graph.lines().plane(w),
                  bias,
                  lifted(shape),
                  lifted(stride, 1),
                  lifted(padding, 0),
                  lifted(dilation, 1),
                  groups));
    }
    Shape one = new Shape(1, 1);
    if (graph.target() == Target.CPU
        && DoubledConvolution.isDoubled(x)
        && w.weight() != null
        && Arrays.equals(kernel(w), new long[] {3, 3})
        && stride.equals(one)
        && padding.equals(one)
        && dilation.equals(one)
        && groups == 1) {
      return DoubledConvolution.of(graph, x, w, bias);
    }
    return convolution(x, w, bias, shape, stride, padding, dilation, groups);
  }

  /**
   * A convolution with a known result shape. A line is convolved as a plane of height 1: ONNX
   * Runtime has its fast layout for planes only, which saves 15 to 30 % of the time of a vocoder's
   * convolutions.
   */
  private Value convolution(
      Value x,
      Value w,
      Value bias,
      long[] shape,
      Shape stride,
      Shape padding,
      Shape dilation,
      int groups) {
    Map<String, Object> attributes = window(kernel(w), stride, padding);
    attributes.put("dilations", dilation.getShape());
    attributes.put("group", (long) groups);
    return graph.add("Conv", x.type(), shape, withBias(x, w, bias), attributes);
  }

  private static long[] lifted(long[] line) {
    return new long[] {line[0], line[1], 1, line[2]};
  }

  private static Shape lifted(Shape window, long across) {
    return new Shape(across, window.get(0));
  }

  /** Weight [in, out / groups, kernel …], as in PyTorch and ONNX. */
  Value deconvolution(
      Value x,
      Value w,
      Value bias,
      Shape stride,
      Shape padding,
      Shape outPadding,
      Shape dilation,
      int groups) {
    long[] shape = x.shape();
    if (shape[1] != w.axis(0)) {
      throw new IllegalArgumentException(
          "transposed convolution: " + shape[1] + " channels for a weight of " + w.axis(0));
    }
    shape[1] = w.axis(1) * groups;
    for (int i = 2; i < shape.length; i++) {
      shape[i] =
          (shape[i] - 1) * stride.get(i - 2)
              - 2 * padding.get(i - 2)
              + dilation.get(i - 2) * (w.axis(i) - 1)
              + outPadding.get(i - 2)
              + 1;
    }
    Map<String, Object> attributes = window(kernel(w), stride, padding);
    attributes.put("dilations", dilation.getShape());
    attributes.put("output_padding", outPadding.getShape());
    attributes.put("group", (long) groups);
    return graph.add("ConvTranspose", x.type(), shape, withBias(x, w, bias), attributes);
  }

  private static List<Value> withBias(Value x, Value weight, Value bias) {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  private static long[] kernel(Value weight) {
    return Arrays.copyOfRange(weight.shape(), 2, weight.rank());
  }

  /** Attributes of operators that look through a window. */
  static Map<String, Object> window(long[] kernel, Shape stride, Shape padding) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("kernel_shape", kernel);
    attributes.put("strides", stride.getShape());
    long[] pads = new long[2 * kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      pads[i] = padding.get(i);
      pads[kernel.length + i] = padding.get(i);
    }
    attributes.put("pads", pads);
    return attributes;
  }
}
