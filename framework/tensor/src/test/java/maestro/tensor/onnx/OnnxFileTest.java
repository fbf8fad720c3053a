package maestro.tensor.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.OnnxExport;
import maestro.tensor.graph.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
  @TempDir Path folder;

  @Test
  void aSavedNetworkGivesTheSameNumbersAnywhere() throws Exception {
    NetworkSource source =
        Engines.source(OnnxFileTest::block, 1, List.of(NetworkInput.of("in0", 1, 3, 8, 8)));
    FloatTensor input = Engines.random(7, 1, 3, 8, 8);
    float[] expected;
    try (Network network = Engines.ONNX.open(source, Device.CPU)) {
      expected = network.run(Map.of("in0", input)).get("out0").values();
    }
    Path file = folder.resolve("saved.onnx");
    OnnxExport.write(source, Map.of("in0", new long[] {1, 3, 8, 8}), file);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("saved.onnx", "saved.onnx.data");
    assertThat(file.toFile().length()).isLessThan(Files.size(folder.resolve("saved.onnx.data")));

    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    float[] actual = new float[expected.length];
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.values()), input.shape());
        OrtSession.Result result = session.run(Map.of("in0", tensor))) {
      ((OnnxTensor) result.get("out0").orElseThrow()).getFloatBuffer().get(actual);
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-5f));
    }

    byte[] first = Files.readAllBytes(file);
    OnnxExport.write(source, Map.of("in0", new long[] {1, 3, 8, 8}), file);
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file))).isEqualTo(ByteBuffer.wrap(first));
  }

  private static Block block() {
    return new SequentialBlock()
        .add(Conv2d.builder().setFilters(16).setKernelShape(new Shape(3, 3)).build())
        .add(Activation::relu)
        .add(Conv2d.builder().setFilters(4).setKernelShape(new Shape(1, 1)).build());
  }
}
