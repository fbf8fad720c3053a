package maestro.tensor.graph;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import maestro.checkpoint.Weight;

/**
 * What DJL's {@link NDArray} does while a block is recorded: each call adds a node to the graph,
 * with the meaning that DJL's PyTorch engine gives it.
 *
 * <p>A change in place makes a new value and lets this array stand for it. Arrays that share memory
 * in PyTorch (an array and its reshaped, sliced or transposed views) share a {@link Storage} here;
 * reading one after another was changed in place is refused, because the graph has no shared
 * memory.
 */
final class RecordedArray {
  private static final class Storage {
    private int changes;
  }

  private final RecordedManager manager;
  private final NDArray proxy;
  private final Storage storage;
  private final String unset;
  private Value value;
  private int seenChanges;
  private String name;

  RecordedArray(RecordedManager manager, Value value) {
    this(manager, value, new Storage(), null);
  }

  /** An array without values; reading it is refused, with the reason given. */
  RecordedArray(RecordedManager manager, Value value, String unset) {
    this(manager, value, new Storage(), unset);
  }

  private RecordedArray(RecordedManager manager, Value value, Storage storage, String unset) {
    this.manager = manager;
    this.value = value;
    this.storage = storage;
    this.seenChanges = storage.changes;
    this.unset = unset;
    this.proxy = Recording.proxy(NDArray.class, this);
  }

  NDArray proxy() {
    return proxy;
  }

  RecordedManager manager() {
    return manager;
  }

  Graph graph() {
    return manager.graph();
  }

  /** The value this array stands for now. */
  Value value() {
    if (unset != null) {
      throw new Refusal(unset);
    }
    if (seenChanges != storage.changes) {
      throw new Refusal("an array that shares memory with one changed in place");
    }
    return value;
  }

  static Value value(NDArray array) {
    return Recording.recorder(array, RecordedArray.class)
        .orElseThrow(() -> new Refusal("an array of another engine"))
        .value();
  }

  // Building nodes.

  NDArray array(Value result) {
    return manager.array(result);
  }

  /** The same memory, looked at in another way. */
  private NDArray view(Value result) {
    return new RecordedArray(manager, result, storage, null).proxy;
  }

  private NDArray changeTo(NDArray result) {
    Value changed = value(result);
    if (!Arrays.equals(changed.shape(), value.shape())) {
      throw new Refusal("a change in place that changes the shape");
    }
    value = changed.type() == value.type() ? changed : cast(changed, value.type());
    seenChanges = ++storage.changes;
    return proxy;
  }

  private NDArray unary(String operator) {
    return array(graph().elementwise("", operator, value(), Map.of()));
  }

  /** As {@link #unary}, after a conversion to floats as PyTorch does for whole numbers. */
  private NDArray unaryFloat(String operator) {
    return array(graph().elementwise("", operator, floating(value()), Map.of()));
  }

  private Value scalar(Number number) {
    boolean whole = !(number instanceof Float || number instanceof Double);
    DataType type = value().type();
    if (isFloating(type)) {
      return graph()
          .fill(
              type, type == DataType.FLOAT64 ? (Number) number.doubleValue() : number.floatValue());
    }
    return whole && type != DataType.BOOLEAN
        ? graph().fill(type, number.longValue())
        : graph().fill(whole ? DataType.INT64 : DataType.FLOAT32, number);
  }

  private Value cast(Value x, DataType type) {
    if (x.type() == type) {
      return x;
    }
    return graph().add("Cast", type, x.shape(), List.of(x), Map.of("to", (long) OnnxType.of(type)));
  }

  private Value floating(Value x) {
    return isFloating(x.type()) ? x : cast(x, DataType.FLOAT32);
  }

  private static boolean isFloating(DataType type) {
    return type == DataType.FLOAT32 || type == DataType.FLOAT64;
  }

  private NDArray binary(String operator, Value a, Value b) {
    DataType type = promoted(a, b);
    if (type == DataType.BOOLEAN) {
      return switch (operator) {
        case "Add" -> compare("Or", a, b);
        case "Mul" -> compare("And", a, b);
        default -> throw new Refusal(operator + " of truth values");
      };
    }
    return array(graph().elementwise(operator, type, cast(a, type), cast(b, type)));
  }

  private NDArray compare(String operator, Value a, Value b) {
    DataType type = promoted(a, b);
    return array(
        graph()
            .add(
                operator,
                DataType.BOOLEAN,
                Shapes.broadcast(a.shape(), b.shape()),
                List.of(cast(a, type), cast(b, type)),
                Map.of()));
  }

  /**
   * PyTorch's rule: the higher class wins, within a class the wider type, and a scalar never widens
   * an array.
   */
  private static DataType promoted(Value a, Value b) {
    if (a.type() == b.type()) {
      return a.type();
    }
    int classA = rank(a.type()) / 10;
    int classB = rank(b.type()) / 10;
    if (classA != classB) {
      return classA > classB ? a.type() : b.type();
    }
    if ((a.rank() == 0) != (b.rank() == 0)) {
      return a.rank() == 0 ? b.type() : a.type();
    }
    return rank(a.type()) > rank(b.type()) ? a.type() : b.type();
  }

  private static int rank(DataType type) {
    return switch (type) {
      case BOOLEAN -> 0;
      case UINT8 -> 10;
      case INT8 -> 11;
      case INT32 -> 12;
      case INT64 -> 13;
      case FLOAT32 -> 20;
      case FLOAT64 -> 21;
      default -> throw new Refusal("arrays of " + type);
    };
  }

  private NDArray reduce(String operator, int[] axes, boolean keep) {
    Value x = value();
    int[] positive = Shapes.axes(axes, x.rank());
    return array(
        graph()
            .add(
                operator,
                x.type(),
                Shapes.reduced(x.shape(), positive, keep),
                List.of(x, graph().longs(Shapes.longs(positive))),
                Map.of("keepdims", keep ? 1L : 0L)));
  }

  private NDArray reduceAll(String operator) {
    int[] axes = new int[value().rank()];
    Arrays.setAll(axes, i -> i);
    return reduce(operator, axes, false);
  }

  private Value reshaped(Value x, long... shape) {
    if (Arrays.equals(x.shape(), shape)) {
      return x;
    }
    if (x.size() != Weight.elements(shape)) {
      throw new IllegalArgumentException(
          "reshape of " + Arrays.toString(x.shape()) + " to " + Arrays.toString(shape));
    }
    return graph().reshaped(x, shape);
  }

  private Value transposed(Value x, int... order) {
    return graph()
        .add(
            "Transpose",
            x.type(),
            Shapes.permuted(x.shape(), order),
            List.of(x),
            Map.of("perm", Shapes.longs(order)));
  }

  // NDArray from here on: what it is.

  public String getName() {
    return name;
  }

  public void setName(String newName) {
    name = newName;
  }

  public String getUid() {
    return "recorded-" + System.identityHashCode(this);
  }

  public DataType getDataType() {
    return value.type();
  }

  public Shape getShape() {
    return new Shape(value.shape());
  }

  public Device getDevice() {
    return Device.cpu();
  }

  public NDManager getManager() {
    return manager.proxy();
  }

  public SparseFormat getSparseFormat() {
    return SparseFormat.DENSE;
  }

  public NDArrayEx getNDArrayInternal() {
    return Recording.proxy(NDArrayEx.class, new RecordedOperations(this));
  }

  public boolean isReleased() {
    return false;
  }

  public void close() {
    // A recorded array owns no memory.
  }

  public void attach(NDManager other) {
    // A recorded array owns no memory.
  }

  public void tempAttach(NDManager other) {
    // A recorded array owns no memory.
  }

  public void detach() {
    // A recorded array owns no memory.
  }

  public NDArray returnResource(NDManager other) {
    return proxy;
  }

  public void setRequiresGradient(boolean required) {
    // Nothing is trained here.
  }

  public boolean hasGradient() {
    return false;
  }

  public NDArray stopGradient() {
    return proxy;
  }

  public NDArray duplicate() {
    return array(value());
  }

  public void intern(NDArray replaced) {
    changeTo(replaced);
  }

  public NDArray toDevice(Device device, boolean copy) {
    return copy ? duplicate() : proxy;
  }

  public NDArray toType(DataType type, boolean copy) {
    if (value().type() == type) {
      return copy ? duplicate() : proxy;
    }
    return array(cast(value(), type));
  }

  public NDArray toDense() {
    return duplicate();
  }

  public NDArray zerosLike() {
    return array(graph().fill(value.type(), 0, value.shape()));
  }

  public NDArray onesLike() {
    return array(graph().fill(value.type(), 1, value.shape()));
  }

  // Arithmetic.

  public NDArray add(Number n) {
    return binary("Add", value(), scalar(n));
  }

  public NDArray add(NDArray other) {
    return binary("Add", value(), value(other));
  }

  public NDArray sub(Number n) {
    return binary("Sub", value(), scalar(n));
  }

  public NDArray sub(NDArray other) {
    return binary("Sub", value(), value(other));
  }

  public NDArray mul(Number n) {
    return binary("Mul", value(), scalar(n));
  }

  public NDArray mul(NDArray other) {
    return binary("Mul", value(), value(other));
  }

  public NDArray div(Number n) {
    return binary(
        "Div",
        floating(value()),
        isFloating(value().type()) ? scalar(n) : graph().fill(DataType.FLOAT32, n));
  }

  public NDArray div(NDArray other) {
    return binary("Div", floating(value()), floating(value(other)));
  }

  public NDArray mod(Number n) {
    return remainder(value(), scalar(n));
  }

  public NDArray mod(NDArray other) {
    return remainder(value(), value(other));
  }

  private NDArray remainder(Value a, Value b) {
    if (!isFloating(promoted(a, b))) {
      return binary("Mod", a, b);
    }
    NDArray quotient = array(value(binary("Div", a, b))).floor();
    return binary("Sub", a, value(binary("Mul", value(quotient), b)));
  }

  public NDArray pow(Number n) {
    if (n.doubleValue() == 2) {
      return square();
    }
    return n.doubleValue() == 0.5 ? sqrt() : binary("Pow", value(), scalar(n));
  }

  public NDArray pow(NDArray other) {
    return binary("Pow", value(), value(other));
  }

  public NDArray addi(Number n) {
    return changeTo(add(n));
  }

  public NDArray addi(NDArray other) {
    return changeTo(add(other));
  }

  public NDArray subi(Number n) {
    return changeTo(sub(n));
  }

  public NDArray subi(NDArray other) {
    return changeTo(sub(other));
  }

  public NDArray muli(Number n) {
    return changeTo(mul(n));
  }

  public NDArray muli(NDArray other) {
    return changeTo(mul(other));
  }

  public NDArray divi(Number n) {
    return changeTo(div(n));
  }

  public NDArray divi(NDArray other) {
    return changeTo(div(other));
  }

  public NDArray powi(Number n) {
    return changeTo(pow(n));
  }

  public NDArray powi(NDArray other) {
    return changeTo(pow(other));
  }

  public NDArray negi() {
    return changeTo(neg());
  }

  public NDArray maximum(Number n) {
    return binary("Max", value(), scalar(n));
  }

  public NDArray maximum(NDArray other) {
    return binary("Max", value(), value(other));
  }

  public NDArray minimum(Number n) {
    return binary("Min", value(), scalar(n));
  }

  public NDArray minimum(NDArray other) {
    return binary("Min", value(), value(other));
  }

  public NDArray clip(Number min, Number max) {
    Value x = value();
    return array(
        graph().add("Clip", x.type(), x.shape(), List.of(x, scalar(min), scalar(max)), Map.of()));
  }

  // Comparison and logic.

  public NDArray eq(Number n) {
    return compare("Equal", value(), scalar(n));
  }

  public NDArray eq(NDArray other) {
    return compare("Equal", value(), value(other));
  }

  public NDArray neq(Number n) {
    return eq(n).logicalNot();
  }

  public NDArray neq(NDArray other) {
    return eq(other).logicalNot();
  }

  public NDArray gt(Number n) {
    return compare("Greater", value(), scalar(n));
  }

  public NDArray gt(NDArray other) {
    return compare("Greater", value(), value(other));
  }

  public NDArray gte(Number n) {
    return compare("GreaterOrEqual", value(), scalar(n));
  }

  public NDArray gte(NDArray other) {
    return compare("GreaterOrEqual", value(), value(other));
  }

  public NDArray lt(Number n) {
    return compare("Less", value(), scalar(n));
  }

  public NDArray lt(NDArray other) {
    return compare("Less", value(), value(other));
  }

  public NDArray lte(Number n) {
    return compare("LessOrEqual", value(), scalar(n));
  }

  public NDArray lte(NDArray other) {
    return compare("LessOrEqual", value(), value(other));
  }

  public NDArray logicalAnd(NDArray other) {
    return logical("And", other);
  }

  public NDArray logicalOr(NDArray other) {
    return logical("Or", other);
  }

  public NDArray logicalXor(NDArray other) {
    return logical("Xor", other);
  }

  private NDArray logical(String operator, NDArray other) {
    return compare(operator, cast(value(), DataType.BOOLEAN), cast(value(other), DataType.BOOLEAN));
  }

  public NDArray logicalNot() {
    Value x = cast(value(), DataType.BOOLEAN);
    return array(graph().add("Not", DataType.BOOLEAN, x.shape(), List.of(x), Map.of()));
  }

  public NDArray isNaN() {
    Value x = floating(value());
    return array(graph().add("IsNaN", DataType.BOOLEAN, x.shape(), List.of(x), Map.of()));
  }

  public NDArray isInfinite() {
    Value x = floating(value());
    return array(graph().add("IsInf", DataType.BOOLEAN, x.shape(), List.of(x), Map.of()));
  }

  // Functions of each element.

  public NDArray neg() {
    return unary("Neg");
  }

  public NDArray abs() {
    return unary("Abs");
  }

  public NDArray sign() {
    return unary("Sign");
  }

  public NDArray square() {
    return binary("Mul", value(), value());
  }

  public NDArray sqrt() {
    return unaryFloat("Sqrt");
  }

  public NDArray cbrt() {
    return array(floating(value())).pow(1.0 / 3);
  }

  public NDArray floor() {
    return isFloating(value().type()) ? unary("Floor") : duplicate();
  }

  public NDArray ceil() {
    return isFloating(value().type()) ? unary("Ceil") : duplicate();
  }

  public NDArray round() {
    return isFloating(value().type()) ? unary("Round") : duplicate();
  }

  public NDArray exp() {
    return unaryFloat("Exp");
  }

  public NDArray log() {
    return unaryFloat("Log");
  }

  public NDArray log10() {
    return log().mul((float) (1 / Math.log(10)));
  }

  public NDArray log2() {
    return log().mul((float) (1 / Math.log(2)));
  }

  public NDArray sin() {
    return unaryFloat("Sin");
  }

  public NDArray cos() {
    return unaryFloat("Cos");
  }

  public NDArray tan() {
    return unaryFloat("Tan");
  }

  public NDArray asin() {
    return unaryFloat("Asin");
  }

  public NDArray acos() {
    return unaryFloat("Acos");
  }

  public NDArray atan() {
    return unaryFloat("Atan");
  }

  public NDArray sinh() {
    return unaryFloat("Sinh");
  }

  public NDArray cosh() {
    return unaryFloat("Cosh");
  }

  public NDArray tanh() {
    return unaryFloat("Tanh");
  }

  public NDArray erf() {
    return unaryFloat("Erf");
  }

  public NDArray toDegrees() {
    return mul((float) (180 / Math.PI));
  }

  public NDArray toRadians() {
    return mul((float) (Math.PI / 180));
  }

  // Reductions.

  public NDArray sum() {
    return reduceAll("ReduceSum");
  }

  public NDArray sum(int[] axes, boolean keep) {
    return reduce("ReduceSum", axes, keep);
  }

  public NDArray mean() {
    return reduceAll("ReduceMean");
  }

  public NDArray mean(int[] axes, boolean keep) {
    return reduce("ReduceMean", axes, keep);
  }

  public NDArray max() {
    return reduceAll("ReduceMax");
  }

  public NDArray max(int[] axes, boolean keep) {
    return reduce("ReduceMax", axes, keep);
  }

  public NDArray min() {
    return reduceAll("ReduceMin");
  }

  public NDArray min(int[] axes, boolean keep) {
    return reduce("ReduceMin", axes, keep);
  }

  public NDArray prod() {
    return reduceAll("ReduceProd");
  }

  public NDArray prod(int[] axes, boolean keep) {
    return reduce("ReduceProd", axes, keep);
  }

  public NDArray norm(boolean keep) {
    int[] axes = new int[value().rank()];
    Arrays.setAll(axes, i -> i);
    return reduce("ReduceL2", axes, keep);
  }

  public NDArray norm(int order, int[] axes, boolean keep) {
    return reduce(normOperator(order), axes, keep);
  }

  public NDArray normalize(double order, long axis, double epsilon) {
    NDArray norm = reduce(normOperator(order), new int[] {Math.toIntExact(axis)}, true);
    return div(norm.maximum((float) epsilon));
  }

  private static String normOperator(double order) {
    if (order == 2) {
      return "ReduceL2";
    }
    if (order == 1) {
      return "ReduceL1";
    }
    throw new Refusal("a norm of order " + order);
  }

  public NDArray argMax() {
    return array(reshaped(value(), value().size())).argMax(0);
  }

  public NDArray argMax(int axis) {
    return position("ArgMax", axis);
  }

  public NDArray argMin() {
    return array(reshaped(value(), value().size())).argMin(0);
  }

  public NDArray argMin(int axis) {
    return position("ArgMin", axis);
  }

  private NDArray position(String operator, int axis) {
    Value x = value();
    int[] axes = Shapes.axes(new int[] {axis}, x.rank());
    return array(
        graph()
            .add(
                operator,
                DataType.INT64,
                Shapes.reduced(x.shape(), axes, false),
                List.of(x),
                Map.of("axis", (long) axes[0], "keepdims", 0L)));
  }

  public NDList topK(int k, int axis, boolean largest, boolean sorted) {
    Value x = value();
    long[] shape = x.shape();
    int positive = Shapes.axis(axis, x.rank());
    shape[positive] = k;
    Node node =
        graph()
            .add(
                "",
                "TopK",
                x.type(),
                List.of(shape, shape),
                List.of(x, graph().longs(k)),
                Map.of("axis", (long) positive, "largest", largest ? 1L : 0L, "sorted", 1L))
            .get(0)
            .producer();
    Value index = Value.output(node.outputs().get(1).name(), DataType.INT64, shape, node);
    node.outputs().set(1, index);
    return new NDList(array(node.outputs().get(0)), array(index));
  }

  public NDArray cumSum() {
    return cumSum(0);
  }

  public NDArray cumSum(int axis) {
    Value x = value();
    Value at = graph().fill(DataType.INT64, (long) Shapes.axis(axis, x.rank()));
    return array(graph().add("CumSum", x.type(), x.shape(), List.of(x, at), Map.of()));
  }

  public NDArray softmax(int axis) {
    return alongAxis("Softmax", axis);
  }

  public NDArray logSoftmax(int axis) {
    return alongAxis("LogSoftmax", axis);
  }

  private NDArray alongAxis(String operator, int axis) {
    Value x = value();
    return array(
        graph()
            .add(
                operator,
                x.type(),
                x.shape(),
                List.of(x),
                Map.of("axis", (long) Shapes.axis(axis, x.rank()))));
  }

  // Shapes.

  public NDArray reshape(Shape shape) {
    Value x = value();
    return view(reshaped(x, Shapes.resolved(shape.getShape(), x.size())));
  }

  public NDArray flatten() {
    Value x = value();
    return view(reshaped(x, x.size()));
  }

  public NDArray flatten(int start, int end) {
    Value x = value();
    return view(
        reshaped(
            x,
            Shapes.flattened(x.shape(), Shapes.axis(start, x.rank()), Shapes.axis(end, x.rank()))));
  }

  public NDArray expandDims(int axis) {
    Value x = value();
    return view(reshaped(x, Shapes.expanded(x.shape(), axis < 0 ? axis + x.rank() + 1 : axis)));
  }

  public NDArray squeeze() {
    Value x = value();
    return view(reshaped(x, Arrays.stream(x.shape()).filter(axis -> axis != 1).toArray()));
  }

  public NDArray squeeze(int[] axes) {
    Value x = value();
    int[] positive = Shapes.axes(axes, x.rank());
    for (int axis : positive) {
      if (x.axis(axis) != 1) {
        throw new IllegalArgumentException("squeeze: axis " + axis + " has length " + x.axis(axis));
      }
    }
    return view(reshaped(x, Shapes.reduced(x.shape(), positive, false)));
  }

  public NDArray transpose() {
    int rank = value().rank();
    int[] order = new int[rank];
    Arrays.setAll(order, i -> rank - 1 - i);
    return transpose(order);
  }

  public NDArray transpose(int... axes) {
    Value x = value();
    return view(transposed(x, Shapes.axes(axes, x.rank())));
  }

  public NDArray swapAxes(int axis1, int axis2) {
    int rank = value().rank();
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i);
    int first = Shapes.axis(axis1, rank);
    int second = Shapes.axis(axis2, rank);
    order[first] = second;
    order[second] = first;
    return first == second ? proxy : transpose(order);
  }

  public NDArray broadcast(Shape shape) {
    Value x = value();
    long[] wanted = shape.getShape().clone();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] == -1) {
        wanted[i] = x.axis(i - wanted.length);
      }
    }
    return view(
        graph()
            .add(
                "Expand",
                x.type(),
                Shapes.broadcast(x.shape(), wanted),
                List.of(x, graph().longs(wanted)),
                Map.of()));
  }

  public NDArray flip(int... axes) {
    Value x = value();
    int[] positive = Shapes.axes(axes, x.rank());
    long[] start = new long[positive.length];
    long[] end = new long[positive.length];
    long[] step = new long[positive.length];
    Arrays.fill(start, -1);
    Arrays.fill(end, Long.MIN_VALUE / 2);
    Arrays.fill(step, -1);
    return array(slice(x, start, end, positive, step, x.shape()));
  }

  private Value slice(Value x, long[] start, long[] end, int[] axes, long[] step, long[] shape) {
    return graph()
        .add(
            "Slice",
            x.type(),
            shape,
            List.of(
                x,
                graph().longs(start),
                graph().longs(end),
                graph().longs(Shapes.longs(axes)),
                graph().longs(step)),
            Map.of());
  }

  /** A part [from, to) of one axis. */
  private Value part(Value x, int axis, long from, long to) {
    long[] shape = x.shape();
    if (from == 0 && to == shape[axis]) {
      return x;
    }
    shape[axis] = to - from;
    return slice(x, new long[] {from}, new long[] {to}, new int[] {axis}, new long[] {1}, shape);
  }

  public NDList split(long sections, int axis) {
    int at = Shapes.axis(axis, value().rank());
    long length = value().axis(at);
    long size = length / sections;
    if (size < 1) {
      throw new IllegalArgumentException("split: " + length + " into " + sections + " sections");
    }
    List<Long> cuts = new ArrayList<>();
    for (long cut = size; cut < length; cut += size) {
      cuts.add(cut);
    }
    return split(cuts.stream().mapToLong(Long::longValue).toArray(), at);
  }

  public NDList split(long[] indices, int axis) {
    Value x = value();
    int at = Shapes.axis(axis, x.rank());
    if (indices.length == 0) {
      return new NDList(proxy);
    }
    List<long[]> shapes = new ArrayList<>();
    long[] lengths = new long[indices.length + 1];
    for (int i = 0; i <= indices.length; i++) {
      lengths[i] = (i < indices.length ? indices[i] : x.axis(at)) - (i == 0 ? 0 : indices[i - 1]);
      long[] shape = x.shape();
      shape[at] = lengths[i];
      shapes.add(shape);
    }
    NDList parts = new NDList();
    if (at == x.rank() - 1 && graph().target() != Target.TORCH && graph().isLinear(x)) {
      // Several small products instead of one large one that is then copied apart, as a gated
      // feed-forward does.
      for (int i = 0; i < lengths.length; i++) {
        long from = i == 0 ? 0 : indices[i - 1];
        parts.add(view(graph().linearPart(x, from, from + lengths[i], shapes.get(i))));
      }
      return parts;
    }
    for (Value part :
        graph()
            .add(
                "",
                "Split",
                x.type(),
                shapes,
                List.of(x, graph().longs(lengths)),
                Map.of("axis", (long) at))) {
      parts.add(view(part));
    }
    return parts;
  }

  public NDArray pad(Shape padding, double number) {
    Value x = value();
    long[] pairs = padding.getShape();
    long[] shape = x.shape();
    long[] pads = new long[2 * shape.length];
    for (int i = 0; i < pairs.length / 2; i++) {
      int axis = shape.length - 1 - i; // the last axis comes first, as in PyTorch
      pads[axis] = pairs[2 * i];
      pads[shape.length + axis] = pairs[2 * i + 1];
      shape[axis] += pairs[2 * i] + pairs[2 * i + 1];
    }
    return array(
        graph()
            .add(
                "Pad",
                x.type(),
                shape,
                List.of(x, graph().longs(pads), scalar(number)),
                Map.of("mode", "constant")));
  }

  public NDArray tile(long repeats) {
    long[] all = new long[Math.max(1, value().rank())];
    Arrays.fill(all, repeats);
    return tile(all);
  }

  public NDArray tile(long[] repeats) {
    Value x = value();
    int rank = Math.max(repeats.length, x.rank());
    long[] shape = Shapes.leadingOnes(x.shape(), rank);
    long[] counts = Shapes.leadingOnes(repeats, rank);
    x = reshaped(x, shape.clone());
    for (int i = 0; i < rank; i++) {
      shape[i] *= counts[i];
    }
    return array(graph().add("Tile", x.type(), shape, List.of(x, graph().longs(counts)), Map.of()));
  }

  public NDArray repeat(int axis, long repeats) {
    Value x = value();
    int at = Shapes.axis(axis, x.rank());
    long[] apart = Shapes.expanded(x.shape(), at + 1);
    long[] wide = apart.clone();
    wide[at + 1] = repeats;
    Value expanded =
        graph()
            .add(
                "Expand",
                x.type(),
                wide,
                List.of(reshaped(x, apart), graph().longs(wide)),
                Map.of());
    long[] shape = x.shape();
    shape[at] *= repeats;
    return array(reshaped(expanded, shape));
  }

  public NDArray repeat(long[] repeats) {
    NDArray result = proxy;
    for (int axis = 0; axis < repeats.length; axis++) {
      result = repeats[axis] == 1 ? result : result.repeat(axis, repeats[axis]);
    }
    return result;
  }

  // Indexing.

  public NDArray get(NDManager target, NDIndex index) {
    Indexing.Found found = Indexing.resolve(index, value().shape());
    Value x = value();
    if (found.indices() != null) {
      return array(gathered(x, cast(value(found.indices()), DataType.INT64), found.indexAxis()));
    }
    if (found.sliced()) {
      x =
          slice(
              x,
              found.start(),
              found.end(),
              Shapes.range(x.rank()),
              found.step(),
              found.slicedShape());
    }
    return view(reshaped(x, found.shape()));
  }

  /**
   * Values at whole-number indices along an axis; the axis is replaced by the shape of the indices.
   */
  Value gathered(Value x, Value indices, int axis) {
    long[] shape = Shapes.replaced(x.shape(), axis, indices.shape());
    return graph().add("Gather", x.type(), shape, List.of(x, indices), Map.of("axis", (long) axis));
  }

  public NDArray gather(NDArray index, int axis) {
    Value x = value();
    Value indices = cast(value(index), DataType.INT64);
    return array(
        graph()
            .add(
                "GatherElements",
                x.type(),
                indices.shape(),
                List.of(x, indices),
                Map.of("axis", (long) Shapes.axis(axis, x.rank()))));
  }

  public NDArray take(NDManager target, NDArray index) {
    Value x = value();
    return array(gathered(reshaped(x, x.size()), cast(value(index), DataType.INT64), 0));
  }

  public NDArray oneHot(int depth) {
    return oneHot(depth, 1, 0, DataType.FLOAT32);
  }

  public NDArray oneHot(int depth, DataType type) {
    return oneHot(depth, 1, 0, type);
  }

  public NDArray oneHot(int depth, float on, float off, DataType type) {
    Value x = cast(value(), DataType.INT64);
    long[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank()] = depth;
    Value numbers =
        value(
            manager.create(
                FloatBuffer.wrap(new float[] {off, on}), new Shape(2), DataType.FLOAT32));
    Value hot =
        graph()
            .add(
                "OneHot",
                DataType.FLOAT32,
                shape,
                List.of(x, graph().fill(DataType.INT64, (long) depth), numbers),
                Map.of("axis", -1L));
    return array(cast(hot, type));
  }

  // Products.

  public NDArray matMul(NDArray other) {
    Value a = value();
    Value b = value(other);
    DataType type = promoted(a, b);
    return array(
        graph()
            .add(
                "MatMul",
                type,
                Shapes.product(a.shape(), b.shape()),
                List.of(cast(a, type), cast(b, type)),
                Map.of()));
  }

  public NDArray dot(NDArray other) {
    return matMul(other);
  }

  public NDArray batchMatMul(NDArray other) {
    return matMul(other);
  }

  public NDArray batchDot(NDArray other) {
    return matMul(other);
  }

  @Override
  public String toString() {
    return "recorded array " + Arrays.toString(value.shape()) + ' ' + value.type();
  }
}
