package maestro.contracts;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Deterministic numbers by name, from which tests make weights and inputs that any other program
 * can make too.
 *
 * <p>Value k of name s: u = CRC-32(s) + k·0x9E3779B9 mod 2³², mixed as in MurmurHash3's finaliser,
 * is u/2³¹ − 1.
 */
public final class FillRule {
  private FillRule() {}

  /** The first numbers of a name, in [−1, 1). */
  public static double[] rnd(String name, int count) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    int start = (int) crc.getValue();
    double[] values = new double[count];
    for (int k = 0; k < count; k++) {
      int u = start + k * 0x9E3779B9;
      u ^= u >>> 16;
      u *= 0x85EBCA6B;
      u ^= u >>> 13;
      u *= 0xC2B2AE35;
      u ^= u >>> 16;
      values[k] = Integer.toUnsignedLong(u) / 0x1p31 - 1;
    }
    return values;
  }

  /** The same, as float. */
  public static float[] rndFloats(String name, int count) {
    double[] values = rnd(name, count);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Five seconds at 22 050 Hz for onset detectors: six decaying bursts of 1 kHz over faint noise,
   * at 0.5, 1.25, 1.9, 3.1, 3.35 and 4.4 s.
   */
  public static float[] onsetBursts() {
    int rate = 22_050;
    double[] noise = rnd("onset:noise", 110_250);
    double[] y = new double[110_250];
    for (int n = 0; n < y.length; n++) {
      y[n] = .001 * noise[n];
    }
    double[] at = {.5, 1.25, 1.9, 3.1, 3.35, 4.4};
    double[] level = {.9, .5, .7, .3, .8, .6};
    for (int i = 0; i < at.length; i++) {
      for (int k = 0; k < 1500; k++) {
        y[(int) (at[i] * rate) + k] +=
            level[i] * Math.exp(-k / 300.0) * Math.sin(2 * Math.PI * 1000 * k / rate);
      }
    }
    float[] samples = new float[y.length];
    for (int n = 0; n < y.length; n++) {
      samples[n] = (float) y[n];
    }
    return samples;
  }
}
