package maestro.tensor.graph;

/**
 * What a graph is written for. The function is the same; the operators are those that run fastest
 * there.
 */
public enum Target {
  /** ONNX Runtime on the processor. */
  CPU,
  /** ONNX Runtime on a CUDA device. */
  CUDA,
  /** PyTorch, whose functions are whole layers. */
  TORCH,
  /** Any runtime: ONNX's own operators alone. */
  PORTABLE
}
