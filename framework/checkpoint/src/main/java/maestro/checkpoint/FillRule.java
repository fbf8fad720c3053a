package maestro.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import maestro.api.tensor.FloatTensor;

/**
 * Weights that nobody trained, the same on every machine: each number follows from the tensor's
 * name and its place.
 *
 * <p>rnd(name)_k is made of u = CRC-32(name) + k·0x9E3779B9 modulo 2³², mixed by u ^= u>>>16, u *=
 * 0x85EBCA6B, u ^= u>>>13, u *= 0xC2B2AE35, u ^= u>>>16 (the finaliser of MurmurHash3), as u/2³¹ −
 * 1 in [−1, 1). A tensor takes r = rnd(prefix + name) scaled by what it is: 1 + r/4 for a running
 * variance, r/10 for a running mean, r·√(3/fan-in) with two or more axes, 1 + r/10 for another
 * tensor whose name ends in {@code weight}, and r/20 for the rest. Networks filled so give numbers
 * of ordinary size, which makes implementations comparable without a published file.
 */
public final class FillRule {
  private FillRule() {}

  /** The first numbers of rnd(name), in [−1, 1). */
  public static float[] random(String name, int count) {
    return random(name, count, 0, 1);
  }

  /**
   * A tensor by the rule.
   *
   * @param name full name, prefix included
   * @param shape length of each axis; empty for a scalar
   */
  public static FloatTensor tensor(String name, long... shape) {
    int count = Math.toIntExact(Weight.elements(shape));
    double offset = 0;
    double scale = 0.05;
    if (name.endsWith("running_var")) {
      offset = 1;
      scale = 0.25;
    } else if (name.endsWith("running_mean")) {
      scale = 0.1;
    } else if (shape.length >= 2) {
      scale = Math.sqrt(3.0 * shape[0] / count);
    } else if (name.endsWith("weight") && shape.length == 1) {
      offset = 1;
      scale = 0.1;
    }
    return FloatTensor.of(random(name, count, offset, scale), shape);
  }

  /**
   * The same tensor as a weight that is filled anew whenever it is asked for, so that a large
   * network is never held twice.
   */
  public static Weight weight(String name, long... shape) {
    return ComputedWeight.floats(name, shape.clone(), () -> tensor(name, shape).values());
  }

  private static float[] random(String name, int count, double offset, double scale) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    int start = (int) crc.getValue();
    float[] values = new float[count];
    for (int k = 0; k < count; k++) {
      int u = start + k * 0x9E3779B9;
      u ^= u >>> 16;
      u *= 0x85EBCA6B;
      u ^= u >>> 13;
      u *= 0xC2B2AE35;
      u ^= u >>> 16;
      values[k] = (float) (offset + scale * (Integer.toUnsignedLong(u) / 0x1p31 - 1));
    }
    return values;
  }
}
