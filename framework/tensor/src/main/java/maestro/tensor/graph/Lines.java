package maestro.tensor.graph;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How lines [B, C, L] are carried from one convolution to the next on the processor: as planes of
 * height 1, or as the planes of their even and of their odd samples. ONNX Runtime has its fast
 * blocked layout for planes only, and a chain of convolutions, activations and sums stays in it as
 * long as every value of the chain is made by a convolution or a sum.
 */
public final class Lines {
  /** Channels that the layout keeps together, at most. */
  private static final int BLOCK = 16;

  private final Graph graph;
  private final Map<Value, Value> blocked = new IdentityHashMap<>();
  private final Map<Value, Phases> phases = new IdentityHashMap<>();

  /** Even and odd samples of a line, as planes [B, C, 1, ⌈L/2⌉] and [B, C, 1, ⌊L/2⌋]. */
  public record Phases(Value even, Value odd) {
    Phases each(UnaryOperator<Value> function) {
      return new Phases(function.apply(even), function.apply(odd));
    }
  }

  public Lines(Graph graph) {
    this.graph = graph;
  }

  /** A line as a plane [B, C, 1, L]. */
  public Value plane(Value line) {
    return graph.reshaped(line, line.axis(0), line.axis(1), 1, line.axis(2));
  }

  /** A plane of height 1 as a line. */
  public Value line(Value plane) {
    return graph.reshaped(plane, plane.axis(0), plane.axis(1), plane.axis(3));
  }

  /** Whether a value is the result of {@link #line(Value)}. */
  private static boolean isLine(Value x) {
    if (x.rank() != 3 || !Graph.isReshape(x)) {
      return false;
    }
    long[] source = x.producer().inputs().get(0).shape();
    return Arrays.equals(source, new long[] {x.axis(0), x.axis(1), 1, x.axis(2)});
  }

  /** A function of each element, if the array is carried as planes. */
  public Optional<Value> elementwise(
      String domain, String operator, Value x, Map<String, Object> attributes) {
    return onPlanes(
        x,
        plane -> {
          // Otherwise an activation of a sum that is also used elsewhere leaves the layout.
          Value input = isBlockedSum(plane) ? times(plane, 1f) : plane;
          return graph.add(domain, operator, x.type(), input.shape(), List.of(input), attributes);
        });
  }

  /** The same for two arrays of the result's type. */
  public Optional<Value> elementwise(String operator, DataType type, Value a, Value b) {
    if (b.rank() == 0) {
      return onPlanes(
          a,
          plane ->
              operator.equals("Mul") && isBlockedSum(plane) && isFill(b)
                  ? times(plane, b.constant().fill())
                  : graph.add(operator, type, plane.shape(), List.of(plane, b), Map.of()));
    }
    if (!Arrays.equals(a.shape(), b.shape())) {
      return Optional.empty();
    }
    if (phases.containsKey(a) || phases.containsKey(b)) {
      Phases first = phases(a);
      Phases second = phases(b);
      return Optional.of(
          line(
              new Phases(
                  both(operator, type, first.even, second.even),
                  both(operator, type, first.odd, second.odd))));
    }
    return isLine(a) || isLine(b)
        ? Optional.of(line(both(operator, type, blockedPlane(a), blockedPlane(b))))
        : Optional.empty();
  }

  private Value both(String operator, DataType type, Value a, Value b) {
    return graph.add(operator, type, a.shape(), List.of(a, b), Map.of());
  }

  private Optional<Value> onPlanes(Value x, UnaryOperator<Value> function) {
    Phases parts = phases.get(x);
    if (parts != null) {
      return Optional.of(line(parts.each(function)));
    }
    return isLine(x) ? Optional.of(line(function.apply(plane(x)))) : Optional.empty();
  }

  /**
   * A line as a plane in the blocked layout. One that does not come from a convolution passes
   * through one that changes nothing.
   */
  private Value blockedPlane(Value line) {
    return isLine(line) || !isBlocked(line)
        ? plane(line)
        : blocked.computeIfAbsent(line, key -> times(plane(key), 1f));
  }

  private boolean isBlocked(Value x) {
    return graph.target() == Target.CPU && x.type() == DataType.FLOAT32 && x.axis(1) % BLOCK == 0;
  }

  private boolean isBlockedSum(Value plane) {
    return plane.producer() != null
        && plane.producer().operator().equals("Add")
        && isBlocked(plane);
  }

  private static boolean isFill(Value x) {
    return x.type() == DataType.FLOAT32 && x.constant() != null && x.constant().fill() != null;
  }

  /** A plane times a number, by a convolution of each channel. */
  private Value times(Value plane, Number factor) {
    return taps(plane, factor, 1, 0, 1, 0, plane.axis(3));
  }

  /**
   * Samples {@code from, from + stride, …} of a plane of height 1 times a number, zeros outside it,
   * by a convolution of each channel.
   */
  public Value samples(Value plane, float factor, long from, long stride, long count) {
    if (factor == 1 && from == 0 && stride == 1 && count == plane.axis(3)) {
      return plane;
    }
    long before = Math.max(0, -from);
    long after = from + (count - 1) * stride + 1 - plane.axis(3);
    // A kernel reaches as far as needed to begin at a later place, or to end at an earlier one.
    long width = Math.max(0, from) + 1 + (stride == 1 ? Math.max(0, -after) : 0);
    return taps(plane, factor, width, Math.max(0, from), stride, before, count);
  }

  private Value taps(
      Value plane, Number factor, long width, long place, long stride, long before, long count) {
    long channels = plane.axis(1);
    Value kernel;
    if (width == 1) {
      kernel = graph.fill(plane.type(), factor, channels, 1, 1, 1);
    } else {
      float[] taps = new float[Math.toIntExact(channels * width)];
      for (int i = 0; i < channels; i++) {
        taps[Math.toIntExact(i * width + place)] = factor.floatValue();
      }
      kernel = graph.floats(taps, channels, 1, 1, width);
    }
    long after = (count - 1) * stride + width - before - plane.axis(3);
    long[] shape = {plane.axis(0), channels, 1, count};
    return graph.add(
        "Conv",
        plane.type(),
        shape,
        List.of(plane, kernel),
        Map.of(
            "kernel_shape", new long[] {1, width},
            "strides", new long[] {1, stride},
            "pads", new long[] {0, before, 0, Math.max(0, after)},
            "group", channels));
  }

  /** Even and odd samples of a line. */
  public Phases phases(Value line) {
    return phases.computeIfAbsent(
        line,
        key -> {
          Value plane = plane(key);
          long length = key.axis(2);
          return new Phases(
              samples(plane, 1, 0, 2, (length + 1) / 2), samples(plane, 1, 1, 2, length / 2));
        });
  }

  /** The line of which these are the even and the odd samples. */
  public Value line(Phases parts) {
    Value even = parts.even;
    long half = even.axis(3);
    long length = half + parts.odd.axis(3);
    Value odd = samples(parts.odd, 1, 0, 1, half);
    long[] rows = {even.axis(0), even.axis(1), 2, half};
    Value both = graph.add("Concat", even.type(), rows, List.of(even, odd), Map.of("axis", 2L));
    long[] turned = {rows[0], rows[1], half, 2};
    Value pairs =
        graph.add(
            "Transpose",
            even.type(),
            turned,
            List.of(both),
            Map.of("perm", new long[] {0, 1, 3, 2}));
    Value line = graph.reshaped(pairs, rows[0], rows[1], 2 * half);
    if (length < 2 * half) {
      line =
          graph.add(
              "Slice",
              even.type(),
              new long[] {rows[0], rows[1], length},
              List.of(line, graph.longs(0), graph.longs(length), graph.longs(2)),
              Map.of());
    }
    phases.put(line, parts);
    return line;
  }
}
