package maestro.latent.vmunet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;

/**
 * Low-rank adapters in a file of weights: their names in the styles of loralib and PEFT, and their
 * merging, W + (alpha/rank)·B·A, so that a compiled network has no adapters to run.
 */
final class LoraWeights {
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";
  private static final Pattern ADAPTER =
      Pattern.compile("(.+\\.lora_[AB])(?:\\.(?!weight$)[^.]+)?(?:\\.weight)?");

  private LoraWeights() {}

  /**
   * Our name of a tensor: {@code m.lora_A.weight}, from {@code m.lora_A} (loralib) or {@code
   * m.lora_A.default.weight} (PEFT), and {@code m.weight} from {@code m.base_layer.weight}.
   */
  static String plainName(String name) {
    String plain =
        name.startsWith("base_model.model.") ? name.substring("base_model.model.".length()) : name;
    if (plain.startsWith(Denoiser.BRANCH + ".")) {
      plain = plain.substring(Denoiser.BRANCH.length() + 1);
    }
    Matcher adapter = ADAPTER.matcher(plain);
    return adapter.matches() ? adapter.group(1) + ".weight" : plain.replace(".base_layer.", ".");
  }

  /**
   * The weights without adapters, their products added.
   *
   * @param weights by our names
   * @param alpha the adapters are scaled by alpha/rank; NaN for alpha = rank
   */
  static Map<String, Weight> merged(Map<String, Weight> weights, double alpha) {
    Map<String, Weight> merged = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          if (!name.endsWith(DOWN) && !name.endsWith(UP)) {
            merged.put(name, weight);
          }
        });
    weights.keySet().stream().filter(name -> name.endsWith(DOWN)).toList().parallelStream()
        .map(
            name -> {
              String module = name.substring(0, name.length() - DOWN.length());
              return merge(
                  module + ".weight",
                  weights.get(module + ".weight"),
                  weights.get(name),
                  weights.get(module + UP),
                  alpha);
            })
        .toList()
        .forEach(weight -> merged.put(weight.name(), weight));
    return merged;
  }

  private static Weight merge(String name, Weight base, Weight down, Weight up, double alpha) {
    if (base == null || up == null) {
      throw refused(name, "has an adapter without its " + (up == null ? "second half" : "weight"));
    }
    int outputs = (int) base.shape()[0];
    int inputs = (int) base.shape()[1];
    int rank = (int) down.shape()[0];
    if (down.shape()[1] != inputs || up.shape()[0] != outputs || up.shape()[1] != rank) {
      throw refused(name, "has an adapter of another shape");
    }
    float scale = (float) ((Double.isNaN(alpha) ? rank : alpha) / rank);
    float[] sum = base.toFloats();
    float[] a = down.toFloats();
    float[] b = up.toFloats();
    float[] row = new float[inputs];
    for (int o = 0; o < outputs; o++) {
      java.util.Arrays.fill(row, 0);
      for (int r = 0; r < rank; r++) {
        float factor = b[o * rank + r];
        for (int i = 0; i < inputs; i++) {
          row[i] += factor * a[r * inputs + i];
        }
      }
      for (int i = 0; i < inputs; i++) {
        sum[o * inputs + i] += scale * row[i];
      }
    }
    return Weight.of(name, FloatTensor.of(sum, outputs, inputs));
  }

  private static MaestroException refused(String name, String cause) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        "branch",
        "the tensor " + name + " " + cause,
        "use the file as its trainer wrote it");
  }
}
