package maestro.latent.vmunet;

import ai.djl.engine.Engine;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.DataType;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The networks in their full size: the compiled graph and DJL agree. Takes minutes and 4 GB. */
@Tag("campaign")
final class FullSizeTest {
  @TempDir Path folder;

  /** A weight by rule, made each time it is asked for: all of them at once would fill the heap. */
  private record RuleWeight(String name, long[] shape) implements Weight {
    @Override
    public DataType dataType() {
      return DataType.F32;
    }

    @Override
    public ByteBuffer data() {
      float[] values = FillRule.tensor(name, shape).values();
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes;
    }

    @Override
    public Path file() {
      return null;
    }

    @Override
    public long fileOffset() {
      return -1;
    }
  }

  private Map<String, Weight> weights(Block block, String name) {
    List<Weight> weights = new ArrayList<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      weights.add(new RuleWeight(pair.getKey(), pair.getValue().getShape().getShape()));
    }
    Path file = folder.resolve(name + ".safetensors");
    Safetensors.write(file, weights, Map.of());
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      return checkpoint.weights();
    }
  }

  private void agree(
      String name, Supplier<? extends Block> block, Map<String, FloatTensor> inputs) {
    Map<String, Weight> weights = weights(block.get(), name);
    List<NetworkInput> declared = new ArrayList<>();
    inputs.forEach((key, tensor) -> declared.add(NetworkInput.of(key, tensor.shape())));
    NetworkSource source = new NetworkSource(name, block, declared, List.of("y"), weights);
    Golden.same(
        run(new OnnxEngine(2), source, inputs),
        run(new TorchEngine(Engine.getEngine("PyTorch")), source, inputs),
        1e-4);
  }

  private static FloatTensor run(
      NetworkEngine engine, NetworkSource source, Map<String, FloatTensor> inputs) {
    try (Network network = engine.open(source, Device.CPU)) {
      return network.run(inputs).get("y");
    }
  }

  private static FloatTensor random(String name, int... shape) {
    int count = 1;
    long[] axes = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      axes[i] = shape[i];
      count *= shape[i];
    }
    return new FloatTensor(axes, FillRule.random(name, count));
  }

  private static Map<String, FloatTensor> latentInputs() {
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    inputs.put("latent", random("input:z", 1, 8, 256, 16));
    inputs.put("timestep", FloatTensor.of(new float[] {500}, 1));
    inputs.put("film", random("input:film", 1, 512));
    return inputs;
  }

  @Test
  void denoiserWithBranch() {
    UNetConfig config = UNetConfig.small(VideoConditioning.CROSS_ATTENTION);
    Map<String, FloatTensor> inputs = latentInputs();
    inputs.put("melody", random("input:melody", 1, 12, 1024, 1));
    inputs.put("dynamics", random("input:dynamics", 1, 1, 1024, 1));
    agree(
        "denoiser",
        () -> new Denoiser(new UNet(config), new ControlBranch(config, ControlConfig.paper())),
        inputs);
  }

  @Test
  void unetWithFilmAlone() {
    agree("unet", () -> new UNet(UNetConfig.small(VideoConditioning.FILM)), latentInputs());
  }

  @Test
  void codec() {
    VaeConfig config = VaeConfig.of(128);
    agree(
        "vae-encode",
        () -> new VaeEncoder(config),
        Map.of("mel", random("input:mel", 1, 1, 1024, 64)));
    agree(
        "vae-decode",
        () -> new VaeDecoder(config),
        Map.of("latent", random("input:z", 1, 8, 256, 16)));
  }
}
