package maestro.tensor;

import java.util.Map;
import maestro.api.tensor.FloatTensor;

/**
 * A network that is ready to run: weights in place, engine chosen. Thread-safe; runs one call at a
 * time.
 */
public interface Network extends AutoCloseable {
  /**
   * Computes all outputs.
   *
   * @param inputs one tensor for each input of the source, by name; whole numbers are passed as
   *     floats
   * @return one tensor for each output, by name, in the order of the source
   * @throws IllegalArgumentException when an input is missing or does not fit its declared shape
   */
  Map<String, FloatTensor> run(Map<String, FloatTensor> inputs);

  /** What runs it, for a log line or a manifest: {@code onnx on cpu}, {@code pytorch on cuda:0}. */
  String engine();

  /** Gives weights and native memory back. */
  @Override
  void close();
}
