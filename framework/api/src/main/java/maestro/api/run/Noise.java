package maestro.api.run;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * Seeded Gaussian noise, addressed by stream name and position instead of by the order of calls, so
 * that threads and added consumers do not change anybody's numbers.
 *
 * <p>Value k of stream s under seed q. Let h = CRC-32 of s in UTF-8, base = mix(q +
 * 0x9E3779B97F4A7C15·(h + 1)), and u(i) = mix(base + 0x9E3779B97F4A7C15·(i + 1)) with mix the
 * finaliser of SplitMix64 (Steele, Lea and Flood 2014). With j = k div 2, a = ((u(2j) >>> 11) +
 * 1)·2⁻⁵³ in (0, 1] and b = (u(2j+1) >>> 11)·2⁻⁵³ in [0, 1), the value is √(−2 ln a)·cos(2πb) for
 * even k and √(−2 ln a)·sin(2πb) for odd k (Box and Muller 1958), computed in double with {@link
 * StrictMath} and rounded to float: the same bits on every machine.
 *
 * @param seed any number
 */
public record Noise(long seed) {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  /**
   * The first numbers of a stream.
   *
   * @param stream name of the stream, for instance {@code latent} or {@code ddim.0042}
   * @param count how many
   * @return standard normal values
   */
  public float[] gaussian(String stream, int count) {
    long base = base(stream);
    float[] values = new float[count];
    for (int k = 0; k < count; k += 2) {
      double a = ((mix(base + GAMMA * (k + 1L)) >>> 11) + 1) * 0x1p-53;
      double b = (mix(base + GAMMA * (k + 2L)) >>> 11) * 0x1p-53;
      double radius = StrictMath.sqrt(-2 * StrictMath.log(a));
      values[k] = (float) (radius * StrictMath.cos(2 * Math.PI * b));
      if (k + 1 < count) {
        values[k + 1] = (float) (radius * StrictMath.sin(2 * Math.PI * b));
      }
    }
    return values;
  }

  /** The first numbers of a stream, uniform in [0, 1): (u(k) >>> 11)·2⁻⁵³. */
  public double[] uniform(String stream, int count) {
    long base = base(stream);
    double[] values = new double[count];
    for (int k = 0; k < count; k++) {
      values[k] = (mix(base + GAMMA * (k + 1L)) >>> 11) * 0x1p-53;
    }
    return values;
  }

  private long base(String stream) {
    CRC32 crc = new CRC32();
    crc.update(Objects.requireNonNull(stream).getBytes(StandardCharsets.UTF_8));
    return mix(seed + GAMMA * (crc.getValue() + 1));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
