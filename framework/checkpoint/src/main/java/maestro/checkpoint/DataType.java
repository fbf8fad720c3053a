package maestro.checkpoint;

import java.nio.ByteBuffer;

/** How one number of a stored tensor is written; little-endian, names as in safetensors. */
public enum DataType {
  /** IEEE 754 double. */
  F64(8),
  /** IEEE 754 single. */
  F32(4),
  /** IEEE 754 half. */
  F16(2),
  /** The upper half of a single. */
  BF16(2),
  /** Signed, eight bytes. */
  I64(8),
  /** Signed, four bytes. */
  I32(4),
  /** Signed, two bytes. */
  I16(2),
  /** Signed, one byte. */
  I8(1),
  /** Unsigned, one byte. */
  U8(1),
  /** One byte, zero for false. */
  BOOL(1);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes one number takes. */
  public int bytes() {
    return bytes;
  }

  /** True for the four floating-point types. */
  public boolean floating() {
    return ordinal() <= BF16.ordinal();
  }

  /** The number of this type at a byte index of a little-endian buffer, as the nearest float. */
  float floatAt(ByteBuffer data, int index) {
    return switch (this) {
      case F64 -> (float) data.getDouble(index);
      case F32 -> data.getFloat(index);
      case F16 -> halfToFloat(data.getShort(index));
      case BF16 -> Float.intBitsToFloat(data.getShort(index) << 16);
      case I64 -> data.getLong(index);
      case I32 -> data.getInt(index);
      case I16 -> data.getShort(index);
      case I8 -> data.get(index);
      case U8 -> data.get(index) & 0xff;
      case BOOL -> data.get(index) == 0 ? 0 : 1;
    };
  }

  /** The float that equals an IEEE 754 half; exact for every half. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }

  /** The IEEE 754 half nearest to a float, the even one on a tie; infinite beyond 65519. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x47800000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // below the least normal half: a multiple of 2^-24
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
    }
    int rounded = magnitude - (112 << 23) + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | rounded >>> 13);
  }
}
