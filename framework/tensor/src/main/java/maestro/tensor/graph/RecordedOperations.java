package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.full.NDIndexFullPick;
import ai.djl.ndarray.index.full.NDIndexFullSlice;
import ai.djl.ndarray.index.full.NDIndexFullTake;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What DJL's {@link ai.djl.ndarray.internal.NDArrayEx} does while a block is recorded: the layers.
 */
public final class RecordedOperations {
  /** Operator set of ONNX Runtime's own operators. */
  public static final String RUNTIME = "com.microsoft";

  private final RecordedArray array;

  RecordedOperations(RecordedArray array) {
    this.array = array;
  }

  private Graph graph() {
    return array.graph();
  }

  private static Value value(NDArray other) {
    return RecordedArray.value(other);
  }

  private NDArray same(String domain, String operator, Map<String, Object> attributes) {
    return array.array(graph().elementwise(domain, operator, array.value(), attributes));
  }

  // NDArrayEx from here on.

  public NDArray getArray() {
    return array.proxy();
  }

  public NDArray relu() {
    return same("", "Relu", Map.of());
  }

  public NDArray sigmoid() {
    return same("", "Sigmoid", Map.of());
  }

  public NDArray tanh() {
    return same("", "Tanh", Map.of());
  }

  public NDArray softPlus() {
    return same("", "Softplus", Map.of());
  }

  public NDArray softSign() {
    return same("", "Softsign", Map.of());
  }

  public NDArray leakyRelu(float alpha) {
    return same("", "LeakyRelu", Map.of("alpha", alpha));
  }

  public NDArray elu(float alpha) {
    return same("", "Elu", Map.of("alpha", alpha));
  }

  public NDArray selu() {
    return same("", "Selu", Map.of());
  }

  /** The exact one, with the error function, as in PyTorch. */
  public NDArray gelu() {
    return same("", "Gelu", Map.of("approximate", "none"));
  }

  public NDList prelu(NDArray input, NDArray alpha) {
    Value x = value(input);
    Value slope = value(alpha);
    if (slope.size() > 1) {
      long[] perChannel = new long[x.rank() - 1];
      Arrays.fill(perChannel, 1);
      perChannel[0] = slope.size();
      slope = value(alpha.reshape(new Shape(perChannel)));
    }
    return list(graph().add("PRelu", x.type(), x.shape(), List.of(x, slope), Map.of()));
  }

  public NDList dropout(NDArray input, float rate, boolean training) {
    if (!training || rate == 0) {
      return new NDList(input);
    }
    if (graph().target() != Target.TORCH) {
      throw new Refusal("dropout in training");
    }
    return list(graph().elementwise("", "Dropout", value(input), Map.of("ratio", rate)));
  }

  public NDList linear(NDArray input, NDArray weight, NDArray bias) {
    Value x = value(input);
    Value w = value(weight);
    long in = w.axis(1);
    long out = w.axis(0);
    if (x.axis(-1) != in) {
      throw new IllegalArgumentException(
          "linear: " + x.axis(-1) + " features for a weight of " + in);
    }
    long rows = x.size() / in;
    Value flat = value(input.reshape(rows, in));
    List<Value> inputs = new ArrayList<>(List.of(flat, w));
    if (bias != null) {
      inputs.add(value(bias));
    }
    Value product =
        graph().add("Gemm", x.type(), new long[] {rows, out}, inputs, Map.of("transB", 1L));
    long[] shape = x.shape();
    shape[shape.length - 1] = out;
    return new NDList(array.array(product).reshape(new Shape(shape)));
  }

  public NDList embedding(NDArray input, NDArray weight, SparseFormat format) {
    Value indices = value(input.toType(DataType.INT64, false));
    return list(array.gathered(value(weight), indices, 0));
  }

  public NDList convolution(
      NDArray input,
      NDArray weight,
      NDArray bias,
      Shape stride,
      Shape padding,
      Shape dilation,
      int groups) {
    return list(
        new Convolutions(graph())
            .convolution(
                value(input), value(weight), orNull(bias), stride, padding, dilation, groups));
  }

  /** Weight [in, out / groups, kernel …], as in PyTorch and ONNX. */
  public NDList deconvolution(
      NDArray input,
      NDArray weight,
      NDArray bias,
      Shape stride,
      Shape padding,
      Shape outPadding,
      Shape dilation,
      int groups) {
    return list(
        new Convolutions(graph())
            .deconvolution(
                value(input),
                value(weight),
                orNull(bias),
                stride,
                padding,
                outPadding,
                dilation,
                groups));
  }

  private static Value orNull(NDArray bias) {
    return bias == null ? null : value(bias);
  }

  public NDArray maxPool(Shape kernel, Shape stride, Shape padding, boolean ceil) {
    return pool("MaxPool", kernel, stride, padding, ceil, Map.of());
  }

  public NDArray avgPool(
      Shape kernel, Shape stride, Shape padding, boolean ceil, boolean countPadding) {
    return pool(
        "AveragePool",
        kernel,
        stride,
        padding,
        ceil,
        Map.of("count_include_pad", countPadding ? 1L : 0L));
  }

  private NDArray pool(
      String operator,
      Shape kernel,
      Shape stride,
      Shape padding,
      boolean ceil,
      Map<String, Object> more) {
    Value x = array.value();
    long[] shape = x.shape();
    int lead = shape.length - kernel.dimension();
    for (int i = lead; i < shape.length; i++) {
      shape[i] =
          Shapes.windowed(
              shape[i], kernel.get(i - lead), stride.get(i - lead), padding.get(i - lead), 1, ceil);
    }
    Map<String, Object> attributes = Convolutions.window(kernel.getShape(), stride, padding);
    attributes.putAll(more);
    attributes.put("ceil_mode", ceil ? 1L : 0L);
    return array.array(graph().add(operator, x.type(), shape, List.of(x), attributes));
  }

  public NDArray globalMaxPool() {
    return globalPool("GlobalMaxPool");
  }

  public NDArray globalAvgPool() {
    return globalPool("GlobalAveragePool");
  }

  private NDArray globalPool(String operator) {
    Value x = array.value();
    long[] shape = x.shape();
    Arrays.fill(shape, 2, shape.length, 1);
    Value pooled = graph().add(operator, x.type(), shape, List.of(x), Map.of());
    return array.array(pooled).reshape(shape[0], shape[1]);
  }

  public NDList layerNorm(
      NDArray input, Shape normalized, NDArray gamma, NDArray beta, float epsilon) {
    return new NDList(
        new LayerNormalization(array)
            .of(value(input), normalized, value(gamma), value(beta), epsilon));
  }

  public NDList batchNorm(
      NDArray input,
      NDArray runningMean,
      NDArray runningVariance,
      NDArray gamma,
      NDArray beta,
      int axis,
      float momentum,
      float epsilon,
      boolean training) {
    if (training) {
      throw new Refusal("batch normalisation in training");
    }
    int channels = axis == -1 ? 1 : axis;
    NDArray swapped = input.swapAxes(1, channels);
    Value x = value(swapped);
    NDArray normal =
        array.array(
            graph()
                .add(
                    "BatchNormalization",
                    x.type(),
                    x.shape(),
                    List.of(
                        x, value(gamma), value(beta), value(runningMean), value(runningVariance)),
                    Map.of("epsilon", epsilon)));
    return new NDList(normal.swapAxes(1, channels));
  }

  /**
   * Modes 0, nearest, and 1, linear without aligned corners, as DJL's PyTorch engine reads them.
   */
  public NDArray interpolation(long[] size, int mode, boolean alignCorners) {
    Value x = array.value();
    long[] shape = x.shape();
    System.arraycopy(size, 0, shape, 2, size.length);
    Map<String, Object> attributes = new HashMap<>();
    if (mode == 0) {
      attributes.put("mode", "nearest");
      attributes.put("nearest_mode", "floor");
      attributes.put("coordinate_transformation_mode", "asymmetric");
    } else if (mode == 1) {
      attributes.put("mode", "linear");
      attributes.put("coordinate_transformation_mode", "half_pixel");
    } else {
      throw new Refusal("interpolation of mode " + mode);
    }
    return array.array(
        graph()
            .add(
                "Resize",
                x.type(),
                shape,
                Arrays.asList(x, null, null, graph().longs(shape)),
                attributes));
  }

  public NDArray where(NDArray condition, NDArray other) {
    Value a = array.value();
    Value b = value(other);
    Value chosen = value(condition.toType(DataType.BOOLEAN, false));
    if (a.type() != b.type()) {
      throw new Refusal("a choice between " + a.type() + " and " + b.type());
    }
    long[] shape = Shapes.broadcast(chosen.shape(), Shapes.broadcast(a.shape(), b.shape()));
    return array.array(graph().add("Where", a.type(), shape, List.of(chosen, a, b), Map.of()));
  }

  public NDArray concat(NDList others, int axis) {
    List<Value> parts = new ArrayList<>(List.of(array.value()));
    others.forEach(other -> parts.add(value(other)));
    int at = Shapes.axis(axis, array.value().rank());
    long[] shape = array.value().shape();
    shape[at] = 0;
    for (Value part : parts) {
      shape[at] += part.axis(at);
      if (part.type() != array.value().type()) {
        throw new Refusal("a concatenation of " + array.value().type() + " and " + part.type());
      }
    }
    return array.array(
        graph().add("Concat", array.value().type(), shape, parts, Map.of("axis", (long) at)));
  }

  public NDArray stack(NDList others, int axis) {
    int at = axis < 0 ? axis + array.value().rank() + 1 : axis;
    NDList expanded = new NDList();
    others.forEach(other -> expanded.add(other.expandDims(at)));
    return array.proxy().expandDims(at).getNDArrayInternal().concat(expanded, at);
  }

  public NDArrayIndexer getIndexer(NDManager manager) {
    return new NDArrayIndexer() {
      @Override
      public NDArray get(NDArray source, NDIndex index) {
        return source.get(manager, index);
      }

      @Override
      public NDArray get(NDArray source, NDIndexFullPick pick) {
        throw new Refusal("an index of kind Pick");
      }

      @Override
      public NDArray get(NDArray source, NDIndexFullTake take) {
        return source.take(manager, take.getIndices());
      }

      @Override
      public NDArray get(NDArray source, NDIndexFullSlice slice) {
        throw new Refusal("a full slice");
      }

      @Override
      public void set(NDArray target, NDIndexFullSlice slice, NDArray numbers) {
        throw new Refusal("NDArray.set");
      }

      @Override
      public void set(NDArray target, NDIndexFullSlice slice, Number number) {
        throw new Refusal("NDArray.set");
      }
    };
  }

  private NDList list(Value result) {
    return new NDList(array.array(result));
  }
}
