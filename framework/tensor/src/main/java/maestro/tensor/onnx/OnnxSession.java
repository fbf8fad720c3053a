package maestro.tensor.onnx;

import ai.djl.ndarray.types.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Refusal;
import maestro.tensor.graph.Value;

/** One compiled graph inside ONNX Runtime. */
final class OnnxSession implements AutoCloseable {
  /** ONNX Runtime's setting for models that come as bytes: where the files of their weights are. */
  private static final String FOLDER = "session.model_external_initializers_file_folder_path";

  private final String name;
  private final List<Value> inputs;
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final OrtEnvironment environment = environment();
  private final List<OnnxTensor> weights = new ArrayList<>();
  private final OrtSession session;

  /**
   * Prepares a graph.
   *
   * @param threads 0 for one per core
   * @param cuda number of the CUDA device, or −1 for the processor
   * @throws MaestroException when ONNX Runtime does not take the graph, or has no such device
   */
  OnnxSession(String name, Graph graph, int threads, int cuda) {
    this.name = name;
    inputs = graph.inputs();
    // Without what made them, so that the recording can be forgotten.
    graph
        .outputs()
        .forEach((key, value) -> outputs.put(key, Value.input(key, value.type(), value.shape())));
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Waiting threads give their core to others, PyTorch's for instance.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      // The pattern sets a block aside for a whole run: 115 MB more for the U-Net, and no faster.
      options.setMemoryPatternOptimization(false);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      if (cuda >= 0) {
        addCuda(options, cuda);
      }
      Path folder = folder(graph);
      if (folder != null) {
        options.addConfigEntry(FOLDER, folder.toString());
      }
      Map<String, OnnxTensorLike> external = new LinkedHashMap<>();
      for (Value weight : OnnxModel.weights(graph).values()) {
        if (!inFile(weight, folder)) {
          OnnxTensor tensor =
              OnnxTensor.createTensor(
                  environment,
                  OnnxModel.bytes(weight).order(ByteOrder.nativeOrder()),
                  weight.shape(),
                  javaType(weight.type()));
          weights.add(tensor);
          external.put(weight.name(), tensor);
        }
      }
      if (!external.isEmpty()) {
        options.addExternalInitializers(external);
      }
      ProtoMessage model =
          OnnxModel.write(
              name,
              graph,
              (tensor, weight) ->
                  inFile(weight, folder)
                      ? OnnxFile.place(tensor, weight.weight())
                      : OnnxModel.byName(tensor));
      session = environment.createSession(model.toBytes(), options);
    } catch (OrtException e) {
      weights.forEach(OnnxTensor::close);
      throw failed("could not be prepared", e);
    }
  }

  private static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError e) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "engine",
          "the ONNX Runtime natives do not load",
          "see 'maestro doctor'",
          e);
    }
  }

  /** Full single precision, as on the processor, and no search over convolution algorithms. */
  private static void addCuda(OrtSession.SessionOptions options, int device) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
      cuda.add("use_tf32", "0");
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      options.addCUDA(cuda);
    }
  }

  /**
   * The folder of the first file that weights lie in as they are, or null. ONNX Runtime maps these
   * itself, tensor by tensor, and lets go of what it has brought into another layout: half the
   * memory of mapping them here.
   */
  private static Path folder(Graph graph) {
    for (Value weight : OnnxModel.weights(graph).values()) {
      Path file = weight.weight().file();
      if (file != null && OnnxModel.asStored(weight)) {
        return file.toAbsolutePath().getParent();
      }
    }
    return null;
  }

  private static boolean inFile(Value weight, Path folder) {
    Path file = weight.weight().file();
    return file != null
        && file.toAbsolutePath().getParent().equals(folder)
        && OnnxModel.asStored(weight);
  }

  /** Runs the graph on tensors that fit its inputs. */
  Map<String, FloatTensor> run(Map<String, FloatTensor> tensors) {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    try {
      for (Value input : inputs) {
        if (session.getInputNames().contains(input.name())) {
          feeds.put(input.name(), tensor(input, tensors.get(input.name())));
        }
      }
      try (OrtSession.Result result = session.run(feeds)) {
        Map<String, FloatTensor> results = new LinkedHashMap<>();
        for (Map.Entry<String, Value> output : outputs.entrySet()) {
          OnnxValue value = result.get(output.getKey()).orElseThrow();
          results.put(output.getKey(), floats(output.getValue(), (OnnxTensor) value));
        }
        return results;
      }
    } catch (OrtException e) {
      throw failed("failed in ONNX Runtime", e);
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Value input, FloatTensor numbers) throws OrtException {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(
                Math.multiplyExact(numbers.values().length, input.type().getNumOfBytes()))
            .order(ByteOrder.nativeOrder());
    if (input.type() == DataType.FLOAT32) {
      buffer.asFloatBuffer().put(numbers.values());
    } else {
      for (float number : numbers.values()) {
        Value.put(buffer, input.type(), number);
      }
      buffer.flip();
    }
    return OnnxTensor.createTensor(environment, buffer, input.shape(), javaType(input.type()));
  }

  private static FloatTensor floats(Value output, OnnxTensor tensor) {
    int count = Math.toIntExact(output.size());
    float[] numbers = new float[count];
    switch (output.type()) {
      case FLOAT32 -> {
        FloatBuffer buffer = tensor.getFloatBuffer();
        buffer.get(numbers);
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          numbers[i] = (float) tensor.getDoubleBuffer().get(i);
        }
      }
      case INT64 -> {
        LongBuffer buffer = tensor.getLongBuffer();
        for (int i = 0; i < count; i++) {
          numbers[i] = buffer.get(i);
        }
      }
      case INT32 -> {
        IntBuffer buffer = tensor.getIntBuffer();
        for (int i = 0; i < count; i++) {
          numbers[i] = buffer.get(i);
        }
      }
      default -> {
        ByteBuffer buffer = tensor.getByteBuffer();
        for (int i = 0; i < count; i++) {
          numbers[i] = buffer.get(i);
        }
      }
    }
    return new FloatTensor(output.shape(), numbers);
  }

  /** Whether the native libraries that were found can compute on a CUDA device. */
  static boolean hasCuda() {
    environment(); // loads them
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  static OnnxJavaType javaType(DataType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case INT64 -> OnnxJavaType.INT64;
      case INT32 -> OnnxJavaType.INT32;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOLEAN -> OnnxJavaType.BOOL;
      default -> throw new Refusal("arrays of " + type);
    };
  }

  private MaestroException failed(String what, OrtException e) {
    return new MaestroException(
        MaestroException.Kind.INTERNAL,
        name,
        "the network " + what + " (" + e.getMessage() + ")",
        "run it with --engine pytorch, and report this",
        e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failed("could not be closed", e);
    } finally {
      weights.forEach(OnnxTensor::close);
    }
  }
}
