package maestro.tensor.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of NDArray that the compiler knows gives what DJL's PyTorch engine gives. */
final class OperationsTest {
  static Stream<Arguments> operations() {
    return Stream.of(
        one("add number", x -> x.add(1.5f), 2, 3),
        one("add whole number", x -> x.add(2), 2, 3),
        one("sub mul div number", x -> x.sub(0.5f).mul(3).div(7), 2, 3),
        two("add broadcast", NDArray::add, s(2, 3, 4), s(3, 1)),
        two("sub", NDArray::sub, s(2, 3), s(2, 3)),
        two("mul scalar array", NDArray::mul, s(2, 3), s()),
        two("div", (x, y) -> x.div(y.abs().add(1)), s(2, 3), s(2, 1)),
        one("mod", x -> x.mod(0.7f), 4, 5),
        one("mod of whole numbers", x -> x.mul(10).toType(DataType.INT64, false).mod(3), 4, 5),
        one("div of whole numbers", x -> x.mul(10).toType(DataType.INT64, false).div(3), 4, 5),
        one(
            "whole number plus fraction",
            x -> x.mul(10).toType(DataType.INT32, false).add(0.5f),
            4,
            5),
        one("pow", x -> x.abs().add(0.1f).pow(1.7f), 4, 5),
        one("pow 2 and 0.5", x -> x.pow(2).pow(0.5f), 4, 5),
        two("pow of arrays", (x, y) -> x.abs().add(0.1f).pow(y), s(3, 4), s(3, 4)),
        one("in place", x -> x.mul(2).addi(1).muli(3).subi(0.5f).divi(2).negi(), 3, 4),
        two(
            "in place with array",
            (x, y) -> x.duplicate().addi(y).muli(y).subi(y),
            s(2, 3, 4),
            s(4)),
        two("maximum minimum", (x, y) -> x.maximum(y).minimum(0.5f), s(3, 4), s(3, 4)),
        one("clip", x -> x.clip(-0.5f, 0.25f), 3, 4),
        one(
            "comparisons",
            x -> x.gt(0).add(x.gte(0.5f)).add(x.lt(1)).add(x.lte(-1)).add(x.eq(0)).add(x.neq(0)),
            3,
            4),
        two(
            "compare arrays",
            (x, y) -> x.gt(y).toType(DataType.FLOAT32, false).add(x.lte(y)),
            s(3, 4),
            s(4)),
        one(
            "logic",
            x -> x.gt(0).logicalAnd(x.lt(1)).logicalOr(x.lt(-1)).logicalXor(x.gt(2)).logicalNot(),
            3,
            4),
        two("where", (x, y) -> NDArrays.where(x.gt(0), x, y), s(3, 4), s(3, 4)),
        one(
            "unary",
            x ->
                x.neg()
                    .abs()
                    .sign()
                    .add(x.square())
                    .add(x.floor())
                    .add(x.ceil())
                    .add(x.mul(3).round()),
            5,
            6),
        one(
            "exp log sqrt",
            x ->
                x.exp()
                    .add(x.abs().add(1).log())
                    .add(x.abs().sqrt())
                    .add(x.abs().add(1).log2())
                    .add(x.abs().add(1).log10()),
            5,
            6),
        one(
            "trigonometry",
            x ->
                x.sin()
                    .add(x.cos())
                    .add(x.tan().mul(0.01f))
                    .add(x.atan())
                    .add(x.sinh())
                    .add(x.cosh())
                    .add(x.tanh()),
            5,
            6),
        one("asin acos", x -> x.tanh().asin().add(x.tanh().mul(0.9f).acos()), 5, 6),
        one("erf", NDArray::erf, 5, 6),
        one(
            "cbrt degrees radians",
            x -> x.abs().cbrt().add(x.toDegrees()).add(x.toRadians()),
            5,
            6),
        one("relu", Activation::relu, 5, 6),
        one("sigmoid", Activation::sigmoid, 5, 6),
        one("tanh", Activation::tanh, 5, 6),
        one("gelu", Activation::gelu, 5, 6),
        one("silu", x -> Activation.sigmoid(x).mul(x), 5, 6),
        one("swish", x -> Activation.swish(x, 1.3f), 5, 6),
        one("leaky relu", x -> Activation.leakyRelu(x, 0.1f), 5, 6),
        one("elu", x -> Activation.elu(x, 1.2f), 5, 6),
        one("selu", Activation::selu, 5, 6),
        one("mish", x -> Activation.mish(x), 5, 6),
        one("softplus softsign", x -> Activation.softPlus(x).add(Activation.softSign(x)), 5, 6),
        one("softmax", x -> x.softmax(-1).add(x.softmax(1)), 2, 3, 4),
        one("log softmax", x -> x.logSoftmax(2), 2, 3, 4),
        one("sum", x -> x.sum(), 2, 3, 4),
        one("sum axes", x -> x.sum(new int[] {0, -1}), 2, 3, 4),
        one("sum keep", x -> x.sum(new int[] {1}, true), 2, 3, 4),
        one(
            "mean",
            x -> x.mean().add(x.mean(new int[] {1}, true)).add(x.mean(new int[] {-1}, true)),
            2,
            3,
            4),
        one(
            "max min",
            x ->
                x.max()
                    .add(x.min())
                    .add(x.max(new int[] {1}, true))
                    .add(x.min(new int[] {2}, true)),
            2,
            3,
            4),
        one("prod", x -> x.prod(new int[] {1}), 2, 3, 4),
        one("norm", x -> x.norm().add(x.norm(new int[] {1}, true)), 2, 3, 4),
        one("normalize", x -> x.normalize(2, 1, 1e-12), 2, 3, 4),
        one("cumulative sum", x -> x.cumSum(1), 2, 3, 4),
        one("arg max", x -> x.argMax(1), 2, 5, 4),
        one("arg max of all", NDArray::argMax, 2, 5, 4),
        one("arg min", x -> x.argMin(-1), 2, 5, 4),
        one("top k", x -> x.topK(2, 1).get(0), 2, 5, 4),
        one("top k indices", x -> x.topK(2, 1).get(1), 2, 5, 4),
        one("one hot", x -> x.argMax(1).oneHot(5), 2, 5, 4),
        one("reshape", x -> x.reshape(2, -1), 2, 3, 4),
        one("flatten", x -> x.flatten().add(x.flatten(1, 2).sum()), 2, 3, 4),
        one("flatten middle", x -> x.flatten(1, 2), 2, 3, 4, 5),
        one(
            "expand squeeze",
            x ->
                x.expandDims(1)
                    .expandDims(-1)
                    .squeeze(1)
                    .squeeze(new int[] {3})
                    .expandDims(0)
                    .squeeze(),
            2,
            3,
            4),
        one("transpose", x -> x.transpose(2, 0, 1), 2, 3, 4),
        one("transpose all", NDArray::transpose, 2, 3, 4),
        one("swap axes", x -> x.swapAxes(0, 2), 2, 3, 4),
        one("flip", x -> x.flip(1), 2, 3, 4),
        one("broadcast", x -> x.broadcast(4, 3, 5), 3, 1),
        one("tile", x -> x.tile(new long[] {2, 1, 3}), 2, 3, 4),
        one("tile number", x -> x.tile(2), 2, 3),
        one("repeat", x -> x.repeat(1, 2), 2, 3, 4),
        one("repeat each", x -> x.repeat(new long[] {2, 1, 3}), 2, 3, 4),
        one("pad", x -> x.pad(new Shape(1, 2, 0, 3), 0.5), 2, 3, 4),
        many("split", x -> x.get(0).split(3, 1), 3, s(2, 6, 4)),
        many("split at", x -> x.get(0).split(new long[] {1, 4}, 1), 3, s(2, 6, 4)),
        one("get fixed", x -> x.get(1), 2, 3, 4),
        one("get slices", x -> x.get(":, 1:, :2"), 2, 3, 4),
        one("get steps", x -> x.get("..., ::2"), 2, 3, 5),
        one("get negative", x -> x.get(":, -1, 1:-1"), 2, 3, 5),
        one("get new axis", x -> x.get(new NDIndex().addAllDim().addSliceDim(0, 2)), 2, 3, 5),
        two(
            "get by indices",
            (x, i) -> x.get(i.abs().mul(2).clip(0, 2).toType(DataType.INT64, false)),
            s(3, 4),
            s(5)),
        two(
            "gather",
            (x, i) -> x.gather(i.abs().clip(0, 2).toType(DataType.INT64, false), 1),
            s(2, 3),
            s(2, 4)),
        two(
            "take",
            (x, i) -> x.take(i.abs().clip(0, 2).toType(DataType.INT64, false)),
            s(2, 3),
            s(4)),
        two("matrix product", NDArray::matMul, s(2, 3, 4), s(4, 5)),
        two("batch product", NDArray::matMul, s(2, 6, 3, 4), s(2, 6, 4, 5)),
        two("vector product", NDArray::matMul, s(4), s(4)),
        two("dot", NDArray::dot, s(3, 4), s(4, 2)),
        two("batch matmul", NDArray::batchMatMul, s(2, 3, 4), s(2, 4, 5)),
        two("concat", (x, y) -> x.concat(y, 1), s(2, 3, 4), s(2, 5, 4)),
        two("stack", (x, y) -> x.stack(y, 1), s(2, 3), s(2, 3)),
        two("stack last", (x, y) -> NDArrays.stack(new NDList(x, y), -1), s(2, 3), s(2, 3)),
        one(
            "constants",
            x ->
                x.add(x.getManager().arange(4f))
                    .mul(x.getManager().full(new Shape(3, 1), 2f))
                    .add(x.getManager().eye(4).get("1:"))
                    .add(x.zerosLike())
                    .add(x.onesLike()),
            3,
            4),
        one("linspace", x -> x.add(x.getManager().linspace(0, 1, 4)), 3, 4),
        one(
            "created",
            x ->
                x.add(x.getManager().create(new float[] {1, 2, 3, 4}))
                    .add(x.getManager().create(2)),
            3,
            4),
        one(
            "max pool 1d",
            x -> Pool.maxPool1d(x, new Shape(3), new Shape(2), new Shape(1), false),
            2,
            3,
            11),
        one(
            "max pool 2d",
            x -> Pool.maxPool2d(x, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false),
            2,
            3,
            11,
            9),
        one(
            "max pool ceil",
            x -> Pool.maxPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), true),
            2,
            3,
            11,
            9),
        one(
            "max pool 3d",
            x ->
                Pool.maxPool3d(
                    x, new Shape(3, 3, 3), new Shape(2, 2, 2), new Shape(1, 1, 1), false),
            1,
            2,
            6,
            9,
            8),
        one(
            "avg pool 1d",
            x -> Pool.avgPool1d(x, new Shape(4), new Shape(4), new Shape(0), false, true),
            2,
            3,
            12),
        one(
            "avg pool 2d",
            x -> Pool.avgPool2d(x, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false, true),
            2,
            3,
            11,
            9),
        one(
            "avg pool ceil",
            x -> Pool.avgPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), true, false),
            2,
            3,
            11,
            9),
        one(
            "avg pool 3d",
            x ->
                Pool.avgPool3d(
                    x, new Shape(2, 2, 2), new Shape(2, 2, 2), new Shape(0, 0, 0), false, true),
            1,
            2,
            6,
            8,
            8),
        one("global pools", x -> Pool.globalAvgPool2d(x).add(Pool.globalMaxPool2d(x)), 2, 3, 5, 4),
        one("global pool 1d", Pool::globalAvgPool1d, 2, 3, 5),
        one("global pool 3d", Pool::globalAvgPool3d, 2, 3, 5, 4, 3),
        one(
            "nearest",
            x -> x.getNDArrayInternal().interpolation(new long[] {10, 6}, 0, false),
            2,
            3,
            5,
            3),
        one(
            "nearest uneven",
            x -> x.getNDArrayInternal().interpolation(new long[] {7, 5}, 0, false),
            2,
            3,
            5,
            3),
        one(
            "bilinear",
            x -> x.getNDArrayInternal().interpolation(new long[] {9, 7}, 1, false),
            2,
            3,
            5,
            3),
        one(
            "types",
            x ->
                x.mul(10)
                    .toType(DataType.INT32, false)
                    .toType(DataType.FLOAT64, false)
                    .toType(DataType.BOOLEAN, false),
            3,
            4),
        one(
            "nan infinite",
            x -> x.log().isNaN().add(x.mul(0).div(0).isNaN()).add(x.div(0).isInfinite()),
            3,
            4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void compiledEqualsEager(
      String name, Function<NDList, NDList> function, int outputs, List<long[]> shapes) {
    List<NetworkInput> inputs = new ArrayList<>();
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < shapes.size(); i++) {
      inputs.add(NetworkInput.of("in" + i, shapes.get(i)));
      tensors.put("in" + i, Engines.random(7 + i, shapes.get(i)));
    }
    NetworkSource source = Engines.source(() -> new LambdaBlock(function), outputs, inputs);
    Engines.assertAgree(source, tensors, 2e-6);
  }

  private static long[] s(long... shape) {
    return shape;
  }

  private static Arguments one(String name, Function<NDArray, NDArray> function, long... shape) {
    return many(name, x -> new NDList(function.apply(x.get(0))), 1, shape);
  }

  private static Arguments two(
      String name, java.util.function.BinaryOperator<NDArray> function, long[] a, long[] b) {
    return many(name, x -> new NDList(function.apply(x.get(0), x.get(1))), 1, a, b);
  }

  private static Arguments many(
      String name, Function<NDList, NDList> function, int outputs, long[]... shapes) {
    return Arguments.of(name, function, outputs, List.of(shapes));
  }
}
