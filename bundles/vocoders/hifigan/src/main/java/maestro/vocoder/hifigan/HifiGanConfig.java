package maestro.vocoder.hifigan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a HiFi-GAN generator.
 *
 * @param bands mel bands, 64
 * @param channels channels after the first convolution, 1024; each stage halves them
 * @param rates upsampling rate of each stage: 5, 4, 2, 2, 2
 * @param kernels kernel of each stage's transposed convolution: 16, 16, 8, 4, 4
 * @param residualKernels kernels of the residual blocks that each stage averages: 3, 7, 11
 * @param dilations dilations inside each residual block: 1, 3, 5
 * @param slope slope of the leaky rectifiers, 0.1
 */
public record HifiGanConfig(
    int bands,
    int channels,
    List<Integer> rates,
    List<Integer> kernels,
    List<Integer> residualKernels,
    List<Integer> dilations,
    float slope) {
  /** Checks the numbers. */
  public HifiGanConfig {
    rates = List.copyOf(rates);
    kernels = List.copyOf(kernels);
    residualKernels = List.copyOf(residualKernels);
    dilations = List.copyOf(dilations);
    if (bands < 1 || rates.isEmpty() || rates.size() != kernels.size()) {
      throw new IllegalArgumentException(
          "illegal HiFi-GAN: "
              + rates.size()
              + " rates and "
              + kernels.size()
              + " kernels, must be as many");
    }
    if (channels % (1 << rates.size()) != 0 || channels < 1) {
      throw new IllegalArgumentException(
          "illegal HiFi-GAN: "
              + channels
              + " channels cannot be halved "
              + rates.size()
              + " times");
    }
    for (int i = 0; i < rates.size(); i++) {
      if (rates.get(i) < 1 || kernels.get(i) < rates.get(i)) {
        throw new IllegalArgumentException(
            "illegal HiFi-GAN: kernel " + kernels.get(i) + " is shorter than rate " + rates.get(i));
      }
    }
  }

  /** AudioLDM's layout, 16 kHz and 64 bands, at any width; the published one is 1024. */
  public static HifiGanConfig of(int channels) {
    return new HifiGanConfig(
        64,
        channels,
        List.of(5, 4, 2, 2, 2),
        List.of(16, 16, 8, 4, 4),
        List.of(3, 7, 11),
        List.of(1, 3, 5),
        0.1f);
  }

  /**
   * The numbers as a pack holds them; those left out are of AudioLDM's vocoder.
   *
   * @throws IllegalArgumentException if they fit no generator
   * @throws ClassCastException if one is no number, or no list of numbers
   */
  public static HifiGanConfig of(Map<String, Object> architecture) {
    HifiGanConfig published = of(1024);
    return new HifiGanConfig(
        integer(architecture, "bands", published.bands),
        integer(architecture, "channels", published.channels),
        integers(architecture, "rates", published.rates),
        integers(architecture, "kernels", published.kernels),
        integers(architecture, "residualKernels", published.residualKernels),
        integers(architecture, "dilations", published.dilations),
        architecture.get("slope") == null
            ? published.slope
            : ((Number) architecture.get("slope")).floatValue());
  }

  private static int integer(Map<String, Object> numbers, String key, int otherwise) {
    Object value = numbers.get(key);
    return value == null ? otherwise : ((Number) value).intValue();
  }

  private static List<Integer> integers(
      Map<String, Object> numbers, String key, List<Integer> otherwise) {
    Object value = numbers.get(key);
    return value == null
        ? otherwise
        : ((List<?>) value).stream().map(one -> ((Number) one).intValue()).toList();
  }

  /** The numbers as a pack holds them; see {@link #of(Map)}. */
  public Map<String, Object> architecture() {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("bands", bands);
    numbers.put("channels", channels);
    numbers.put("rates", rates);
    numbers.put("kernels", kernels);
    numbers.put("residualKernels", residualKernels);
    numbers.put("dilations", dilations);
    numbers.put("slope", slope);
    return numbers;
  }

  /** Samples made of one mel frame, 160. */
  public int hop() {
    return rates.stream().reduce(1, Math::multiplyExact);
  }
}
