package maestro.packs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts a pack may have, the numbers of their architecture, and the names and shapes that
 * follow from these.
 *
 * <table>
 * <caption>Numbers, with the published values as defaults</caption>
 * <tr><td>{@code denoiser}</td><td>{@code latentChannels} 8, {@code modelChannels} 128, {@code multipliers} [1,2,3,5],
 * {@code resBlocks} 2, {@code attentionLevels} [1,2,3], {@code headRule} CHANNELS_PER_HEAD(32) or FIXED(8),
 * {@code filmWidth} 512, {@code videoConditioning} FILM, CROSS_ATTENTION or CROSS_ONLY, {@code nullCondition} zero or
 * learned</td></tr>
 * <tr><td>{@code branch}</td><td>{@code controls}, by short name {channels, mean, deviation}, {@code preWidths} [64,128]
 * and {@code injection} LEVELS or ENTRY; widths are those of the denoiser</td></tr>
 * <tr><td>{@code vae}</td><td>{@code latentChannels} 8, {@code channels} 128, {@code multipliers} [1,2,4],
 * {@code resBlocks} 2, {@code melBands} 64, {@code scaleFactor}</td></tr>
 * <tr><td>{@code vocoder.hifigan}</td><td>{@code bands} 64, {@code channels} 1024, {@code rates} [5,4,2,2,2],
 * {@code kernels} [16,16,8,4,4], {@code residualKernels} [3,7,11], {@code dilations} [1,3,5], {@code slope} 0.1</td></tr>
 * <tr><td>{@code encoder.clip}</td><td>{@code resolution} 224, {@code patch} 32, {@code width} 768, {@code layers} 12,
 * {@code output} 512</td></tr>
 * <tr><td>{@code fusion.laff}</td><td>{@code width} 512, {@code heads} 1, {@code withAverage} false, {@code normalise}
 * true; {@code semantic} 512 and {@code emotions} 8, or for other encoders than the paper's {@code encoders}, by plugin
 * name {width, embedded: true unless it enters as it is, name, scale}</td></tr>
 * <tr><td>{@code encoder.wecl}</td><td>{@code segments} 16, {@code classes} 8, {@code stem} 64, {@code sound} true or
 * false</td></tr>
 * <tr><td>{@code encoder.tavar}</td><td>{@code stem} 64</td></tr>
 * <tr><td>{@code embedding.style-network}, {@code embedding.simclr}</td><td>{@code frames} 256, {@code channels}
 * [24,48,96,96], {@code width} 128; trained here, their plugin checks them</td></tr>
 * <tr><td>{@code embedding.vggish}, {@code embedding.panns} (Cnn14)</td><td>none</td></tr>
 * </table>
 */
public final class Architectures {
  /** VM-UNet. */
  public static final String DENOISER = "denoiser";

  /** The S-Control Branch; its tensors begin with {@code s_control.} */
  public static final String BRANCH = "branch";

  /** The Music VAE. */
  public static final String VAE = "vae";

  /** The HiFi-GAN vocoder. */
  public static final String HIFIGAN = "vocoder.hifigan";

  /** CLIP's image tower. */
  public static final String CLIP = "encoder.clip";

  /** TAVAR, picture aesthetics. */
  public static final String TAVAR = "encoder.tavar";

  /** CTEN, emotion. */
  public static final String WECL = "encoder.wecl";

  /** The fusion. */
  public static final String LAFF = "fusion.laff";

  /** VGGish. */
  public static final String VGGISH = "embedding.vggish";

  /** PANNs Cnn14 at 16 kHz. */
  public static final String CNN14 = "embedding.panns";

  private static final Map<String, String> LAFF_NAMES =
      Map.of(CLIP, "semantic", TAVAR, "aesthetic", WECL, "emotion");

  private Architectures() {}

  /**
   * Names and shapes of all tensors of a part, or empty for a part of another plugin, about which
   * nothing is known here.
   *
   * @param architecture its numbers; for a branch, those of its denoiser too
   * @throws maestro.api.MaestroException of kind INPUT when a number makes no sense
   */
  static Optional<Map<String, long[]>> shapes(String part, Map<String, Object> architecture) {
    Numbers numbers = new Numbers(part, architecture);
    return Optional.ofNullable(
        switch (part) {
          case DENOISER -> DenoiserShapes.unet(numbers);
          case BRANCH -> DenoiserShapes.branch(numbers);
          case VAE -> VaeShapes.of(numbers);
          case HIFIGAN -> hifigan(numbers);
          case CLIP -> clip(numbers);
          case LAFF -> laff(numbers);
          case TAVAR -> ResNetShapes.tavar(numbers);
          case WECL -> ResNetShapes.cten(numbers);
          case VGGISH -> vggish();
          case CNN14 -> cnn14();
          default -> null;
        });
  }

  private static Map<String, long[]> hifigan(Numbers numbers) {
    long width = numbers.positive("channels", 1024);
    List<Integer> kernels = numbers.list("kernels", List.of(16, 16, 8, 4, 4));
    List<Integer> residualKernels = numbers.list("residualKernels", List.of(3, 7, 11));
    List<Integer> dilations = numbers.list("dilations", List.of(1, 3, 5));
    Shapes shapes = new Shapes().layer("conv_pre", width, numbers.positive("bands", 64), 7);
    for (int stage = 0; stage < kernels.size(); stage++, width /= 2) {
      shapes.transposed("ups." + stage, width, width / 2, kernels.get(stage));
      for (int k = 0; k < residualKernels.size(); k++) {
        for (int d = 0; d < dilations.size(); d++) {
          for (String kind : List.of("convs1", "convs2")) {
            String name =
                "resblocks." + (stage * residualKernels.size() + k) + "." + kind + "." + d;
            shapes.layer(name, width / 2, width / 2, residualKernels.get(k));
          }
        }
      }
    }
    return shapes.layer("conv_post", 1, width, 7).map();
  }

  private static Map<String, long[]> clip(Numbers numbers) {
    long width = numbers.positive("width", 768);
    long patch = numbers.positive("patch", 32);
    long side = numbers.positive("resolution", 224) / patch;
    Shapes shapes =
        new Shapes()
            .tensor("visual.class_embedding", width)
            .tensor("visual.positional_embedding", side * side + 1, width)
            .tensor("visual.proj", width, numbers.positive("output", 512))
            .tensor("visual.conv1.weight", width, 3, patch, patch)
            .norm("visual.ln_pre", width);
    for (int i = 0; i < numbers.number("layers", 12); i++) {
      String block = "visual.transformer.resblocks." + i + ".";
      shapes
          .tensor(block + "attn.in_proj_weight", 3 * width, width)
          .tensor(block + "attn.in_proj_bias", 3 * width)
          .layer(block + "attn.out_proj", width, width)
          .norm(block + "ln_1", width)
          .layer(block + "mlp.c_fc", 4 * width, width)
          .layer(block + "mlp.c_proj", width, 4 * width)
          .norm(block + "ln_2", width);
    }
    return shapes.norm("visual.ln_post", width).map();
  }

  private static Map<String, long[]> laff(Numbers numbers) {
    long width = numbers.positive("width", 512);
    Shapes shapes = new Shapes();
    Map<?, ?> encoders = numbers.map("encoders");
    if (encoders.isEmpty()) {
      branch(shapes, "semantic", numbers.positive("semantic", 512), width, false);
      branch(shapes, "aesthetic", 1, width, true);
      branch(shapes, "emotion", numbers.positive("emotions", 8), width, true);
    }
    encoders.forEach(
        (encoder, described) -> {
          String plugin = String.valueOf(encoder);
          Map<String, Object> entry = new LinkedHashMap<>();
          if (described instanceof Map<?, ?> map) {
            map.forEach((key, value) -> entry.put(String.valueOf(key), value));
          }
          Numbers branch = new Numbers(LAFF, entry);
          String name =
              branch.text(
                  "name", LAFF_NAMES.getOrDefault(plugin, plugin.replaceFirst("^encoder\\.", "")));
          branch(
              shapes,
              name,
              branch.positive("width", 0),
              width,
              !"false".equals(branch.text("embedded", "true")));
        });
    String attention = "film_encoder.laff.attention_layer.";
    int heads = numbers.positive("heads", 1);
    for (int head = 0; head < heads; head++) {
      String name = heads == 1 ? attention : attention + "attention_layer." + head + ".";
      shapes.layer(name + "embedding_common.0", 1, width / heads);
      if ("true".equals(numbers.text("withAverage", "false"))) {
        shapes.tensor(name + "global_emb_weight_net.weight", 1, 1);
      }
    }
    return shapes.map();
  }

  private static void branch(
      Shapes shapes, String name, long feature, long width, boolean embedded) {
    if (embedded) {
      shapes.layer("film_encoder." + name + "_embed", width, feature);
    }
    shapes.layer("film_encoder.laff.transform." + name + ".fc1", width, embedded ? width : feature);
  }

  private static Map<String, long[]> vggish() {
    return new Shapes()
        .layer("features.0", 64, 1, 3, 3)
        .layer("features.3", 128, 64, 3, 3)
        .layer("features.6", 256, 128, 3, 3)
        .layer("features.8", 256, 256, 3, 3)
        .layer("features.11", 512, 256, 3, 3)
        .layer("features.13", 512, 512, 3, 3)
        .layer("embeddings.0", 4096, 12288)
        .layer("embeddings.2", 4096, 4096)
        .layer("embeddings.4", 128, 4096)
        .map();
  }

  private static Map<String, long[]> cnn14() {
    Shapes shapes = new Shapes().batchNorm("bn0", 64);
    long in = 1;
    long out = 64;
    for (int i = 1; i <= 6; i++, in = out, out *= 2) {
      String block = "conv_block" + i + ".";
      shapes
          .tensor(block + "conv1.weight", out, in, 3, 3)
          .tensor(block + "conv2.weight", out, out, 3, 3)
          .batchNorm(block + "bn1", out)
          .batchNorm(block + "bn2", out);
    }
    return shapes.layer("fc1", in, in).layer("fc_audioset", 527, in).map();
  }
}
