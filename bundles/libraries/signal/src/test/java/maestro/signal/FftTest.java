package maestro.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maestro.contracts.FillRule;
import org.junit.jupiter.api.Test;

final class FftTest {
  @Test
  void agreesWithTheDefinitionForPowersOfTwo() {
    for (int size : new int[] {2, 4, 8, 16, 32, 64, 128, 512}) {
      double[][] re = new double[size][3];
      double[][] im = new double[size][3];
      double[] x = FillRule.rnd("fft", 6 * size);
      for (int n = 0; n < size; n++) {
        for (int i = 0; i < 3; i++) {
          re[n][i] = x[6 * n + i];
          im[n][i] = x[6 * n + 3 + i];
        }
      }
      Fft fft = new Fft(size);
      fft.transform(re, im);
      for (int i = 0; i < 3; i++) {
        for (int k = 0; k < size; k++) {
          double sumRe = 0;
          double sumIm = 0;
          for (int n = 0; n < size; n++) {
            double angle = -2 * Math.PI * ((long) k * n % size) / size;
            double a = x[6 * n + i];
            double b = x[6 * n + 3 + i];
            sumRe += a * Math.cos(angle) - b * Math.sin(angle);
            sumIm += a * Math.sin(angle) + b * Math.cos(angle);
          }
          assertThat(re[fft.position(k)][i]).isCloseTo(sumRe, within(1e-11));
          assertThat(im[fft.position(k)][i]).isCloseTo(sumIm, within(1e-11));
        }
      }
    }
  }

  @Test
  void refusesOtherSizes() {
    assertThatThrownBy(() -> new Fft(400)).hasMessageContaining("400");
    assertThatThrownBy(() -> new Stft(400, 160)).hasMessageContaining("400");
    assertThatThrownBy(() -> new Stft(2, 1)).hasMessageContaining("power of two");
    assertThatThrownBy(() -> new Fft(1)).hasMessageContaining("power of two");
  }

  @Test
  void framesAgreeWithTheDefinition() {
    int[][] cases = {{4, 4, 1}, {8, 5, 3}, {64, 40, 16}, {64, 64, 64}};
    for (int[] shape : cases) {
      int size = shape[0];
      Stft stft = new Stft(size, shape[1], shape[2]);
      double[] window = Stft.hann(shape[1]);
      float[] x = FillRule.rndFloats("frames", 600 * shape[2]);
      int frames = stft.frames(x.length);
      float[] re = new float[frames * stft.bins()];
      float[] im = new float[re.length];
      stft.forward(x, re, im);
      double[] power = stft.spectrum(x, Stft.Spectrum.POWER);
      for (int t = 0; t < frames; t++) {
        for (int k = 0; k < stft.bins(); k++) {
          double sumRe = 0;
          double sumIm = 0;
          for (int n = 0; n < shape[1]; n++) {
            double angle = -2 * Math.PI * (k * n % size) / size;
            sumRe += window[n] * x[t * shape[2] + n] * Math.cos(angle);
            sumIm += window[n] * x[t * shape[2] + n] * Math.sin(angle);
          }
          int at = t * stft.bins() + k;
          assertThat((double) re[at]).isCloseTo(sumRe, within(1e-5));
          assertThat((double) im[at]).isCloseTo(sumIm, within(1e-5));
          assertThat(power[at]).isCloseTo(sumRe * sumRe + sumIm * sumIm, within(1e-11));
        }
      }
    }
  }

  @Test
  void shortTimeTransformComesBack() {
    float[] x = FillRule.rndFloats("stft", 20_000);
    Stft stft = new Stft(1024, 160);
    int frames = stft.frames(x.length);
    float[] re = new float[frames * stft.bins()];
    float[] im = new float[re.length];
    stft.forward(x, re, im);
    float[] back = stft.inverse(re, im);
    assertThat(back).hasSize((frames - 1) * 160 + 1024);
    for (int n = 200; n < back.length - 200; n++) {
      assertThat(back[n]).isCloseTo(x[n], within(1e-5f));
    }
    double[] power = stft.spectrum(x, Stft.Spectrum.POWER);
    double[] magnitude = stft.spectrum(x, Stft.Spectrum.MAGNITUDE);
    for (int i = 0; i < power.length; i++) {
      double expected = (double) re[i] * re[i] + (double) im[i] * im[i];
      assertThat(power[i]).isCloseTo(expected, within(1e-4 + 1e-4 * expected));
      assertThat(magnitude[i]).isCloseTo(Math.sqrt(power[i]), within(1e-12));
    }
  }
}
