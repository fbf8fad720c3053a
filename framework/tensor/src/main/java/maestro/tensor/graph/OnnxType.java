package maestro.tensor.graph;

import ai.djl.ndarray.types.DataType;

/** Numbers of the data types in ONNX's TensorProto. */
public final class OnnxType {
  private OnnxType() {}

  public static int of(DataType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case UINT8 -> 2;
      case INT8 -> 3;
      case INT32 -> 6;
      case INT64 -> 7;
      case BOOLEAN -> 9;
      case FLOAT16 -> 10;
      case FLOAT64 -> 11;
      default -> throw new Refusal("arrays of " + type);
    };
  }
}
