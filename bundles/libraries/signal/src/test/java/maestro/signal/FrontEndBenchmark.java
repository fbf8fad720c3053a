package maestro.signal;

import java.util.Locale;
import maestro.contracts.FillRule;

/**
 * Seconds of sound per second of one thread, best of many runs, of the front ends on 10.24 s of
 * noise at 16 kHz, of onsets at 22.05 kHz. Run by hand: {@code main}.
 */
final class FrontEndBenchmark {
  private static final double SECONDS = 10.24;
  private static final int ROUNDS = 200;

  private FrontEndBenchmark() {}

  /** Prints one line for each front end. */
  public static void main(String[] arguments) {
    float[] samples = FillRule.rndFloats("bench", 163_840);
    LogMel logMel = new LogMel();
    print("log-mel", () -> logMel.mel(samples));
    float[] padded = Padding.REFLECT.pad(samples, 944, 944);
    Stft stft = new Stft(2048, 160);
    FilterBank chroma = ChromaFilterBank.of(16_000, 2048);
    print("chroma", () -> stft.bands(padded, Stft.Spectrum.POWER, chroma));
    float[] onsets = FillRule.rndFloats("bench", 225_792);
    print("onset strength", () -> Onsets.strength(onsets, Padding.ZERO));
    float[] wide = FillRule.rndFloats("bench", 451_584);
    print("resampling from 44.1 kHz", () -> Resampler.resample(wide, 44_100, 16_000));
  }

  private static void print(String name, Runnable work) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    System.out.printf(
        Locale.ROOT, "%s: %.2f ms, %.0f times real time%n", name, best / 1e6, SECONDS * 1e9 / best);
  }
}
