package maestro.tensor.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.core.Linear;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.NotCompilableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be compiled is refused by name, before anything runs. */
final class RefusalTest {
  private static void assertRefused(UnaryOperator<NDArray> function, String what) {
    NetworkSource source =
        new NetworkSource(
            "net",
            () -> new LambdaBlock(x -> new NDList(function.apply(x.get(0)))),
            List.of(NetworkInput.of("x", 4, 4)),
            List.of("y"),
            Map.of());
    assertThatThrownBy(() -> Engines.ONNX.open(source, Device.CPU))
        .isInstanceOf(NotCompilableException.class)
        .hasMessage(
            "net: the block uses "
                + what
                + ", which cannot be compiled; write it with a supported operation, or run it with --engine pytorch");
  }

  @Test
  void operations() {
    assertRefused(x -> x.fft(4, 0), "NDArray.fft");
    assertRefused(NDArray::inverse, "NDArray.inverse");
    assertRefused(x -> x.getNDArrayInternal().resize(2, 2, 0), "NDArrayEx.resize");
    assertRefused(
        x -> x.getManager().randomInteger(0, 2, new Shape(4), DataType.INT64),
        "NDManager.randomInteger");
  }

  @Test
  void valuesThatDependOnARun() {
    assertRefused(x -> x.sum().getFloat() > 0 ? x : x.neg(), "NDArray.toByteBuffer");
  }

  @Test
  void randomNumbers() {
    assertRefused(x -> x.add(x.getManager().randomNormal(new Shape(4))), "random numbers");
  }

  @Test
  void dataTypes() {
    assertRefused(x -> x.toType(DataType.COMPLEX64, false), "arrays of complex64");
    assertRefused(
        x -> x.add(x.getManager().zeros(new Shape(4), DataType.UINT64)), "arrays of uint64");
  }

  @Test
  void sharedMemory() {
    assertRefused(
        x -> {
          NDArray whole = x.mul(2);
          NDArray part = whole.get("0");
          part.addi(1);
          return whole;
        },
        "an array that shares memory with one changed in place");
  }

  @Test
  void missingAndMisshapenWeights() {
    NetworkSource source =
        new NetworkSource(
            "net",
            () -> Linear.builder().setUnits(2).build(),
            List.of(NetworkInput.of("x", 1, 3)),
            List.of("y"),
            Map.of());
    assertThatThrownBy(() -> Engines.ONNX.open(source, Device.CPU))
        .isInstanceOf(MaestroException.class)
        .hasMessage("net: there is no weight 'weight'; use weights made for this architecture");
    NetworkSource wrong =
        new NetworkSource(
            "net",
            source.block(),
            source.inputs(),
            source.outputs(),
            Map.of("weight", Weight.of("weight", FloatTensor.of(new float[8], 2, 4))));
    assertThatThrownBy(() -> Engines.ONNX.open(wrong, Device.CPU))
        .hasMessageContaining("weight 'weight' is 2x4 and the network needs 2x3");
  }

  /** A method that answers for no interface method would never be called. */
  @ParameterizedTest
  @ValueSource(classes = {RecordedArray.class, RecordedOperations.class, RecordedManager.class})
  void everyRecordedMethodAnswersForAMethodOfDjl(Class<?> recorder) {
    Class<?> type =
        Map.of(
                RecordedArray.class, NDArray.class,
                RecordedOperations.class, NDArrayEx.class,
                RecordedManager.class, NDManager.class)
            .get(recorder);
    Set<List<Object>> known =
        Arrays.stream(type.getMethods()).map(Recording::signature).collect(Collectors.toSet());
    List<String> strangers =
        Arrays.stream(recorder.getDeclaredMethods())
            .filter(
                method ->
                    java.lang.reflect.Modifier.isPublic(method.getModifiers())
                        && !method.isSynthetic())
            .filter(method -> !method.getName().equals("toString"))
            .filter(method -> !known.contains(Recording.signature(method)))
            .map(Method::toString)
            .toList();
    assertThat(strangers).isEmpty();
  }
}
