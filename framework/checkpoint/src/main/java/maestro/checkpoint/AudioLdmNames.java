package maestro.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names AudioLDM's networks go by. Maestro's own are those of the original files without their
 * prefix; what {@code diffusers} and {@code transformers} write is carried to them.
 *
 * <p>Sources: haoheliu/AudioLDM (audioldm/latent_diffusion, audioldm/hifigan);
 * huggingface/diffusers (scripts/convert_original_audioldm_to_diffusers.py);
 * huggingface/transformers (modeling_speecht5.py).
 */
public final class AudioLdmNames {
  /** Names that a file of the U-Net has, one or the other. */
  public static final List<String> UNET =
      List.of("input_blocks.0.0.weight", "down_blocks.0.resnets.0.conv1.weight");

  /** Names that a file of the VAE has. */
  public static final List<String> VAE = List.of("encoder.conv_in.weight");

  /** Names that a file of the vocoder has, one or another. */
  public static final List<String> HIFIGAN =
      List.of("conv_pre.weight", "conv_pre.weight_v", "conv_pre.parametrizations.weight.original1");

  private static final Pattern UNET_BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d{1,3})\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d{1,3})\\.(.+)");
  private static final Pattern VAE_BLOCK =
      Pattern.compile(
          "(encoder|decoder)\\.(?:down|up)_blocks\\.(\\d{1,3})\\.(resnets|downsamplers|upsamplers)"
              + "\\.(\\d{1,3})\\.(.+)");

  private static final List<String[]> RESIDUAL =
      List.of(
          new String[] {"norm1", "in_layers.0"},
          new String[] {"conv1", "in_layers.2"},
          new String[] {"time_emb_proj", "emb_layers.1"},
          new String[] {"norm2", "out_layers.0"},
          new String[] {"conv2", "out_layers.3"},
          new String[] {"conv_shortcut", "skip_connection"});
  private static final List<String[]> UNET_ENDS =
      List.of(
          new String[] {"time_embedding.linear_1", "time_embed.0"},
          new String[] {"time_embedding.linear_2", "time_embed.2"},
          new String[] {"class_embedding", "film_emb"},
          new String[] {"conv_in", "input_blocks.0.0"},
          new String[] {"conv_norm_out", "out.0"},
          new String[] {"conv_out", "out.2"},
          new String[] {"mid_block.attentions.0", "middle_block.1"});
  private static final List<String[]> VAE_PARTS =
      List.of(
          new String[] {"conv_norm_out", "norm_out"},
          new String[] {"mid_block.resnets.0", "mid.block_1"},
          new String[] {"mid_block.resnets.1", "mid.block_2"},
          new String[] {"mid_block.attentions.0.group_norm", "mid.attn_1.norm"},
          new String[] {"mid_block.attentions.0.to_q", "mid.attn_1.q"},
          new String[] {"mid_block.attentions.0.to_k", "mid.attn_1.k"},
          new String[] {"mid_block.attentions.0.to_v", "mid.attn_1.v"},
          new String[] {"mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out"},
          new String[] {"mid_block.attentions.0.query", "mid.attn_1.q"},
          new String[] {"mid_block.attentions.0.key", "mid.attn_1.k"},
          new String[] {"mid_block.attentions.0.value", "mid.attn_1.v"},
          new String[] {"mid_block.attentions.0.proj_attn", "mid.attn_1.proj_out"});

  private AudioLdmNames() {}

  /**
   * The U-Net of an original training checkpoint, of a diffusers file or of one of our own, by the
   * original names.
   *
   * @param weights without what stood before their names, see {@link WrappedNames}
   */
  public static Map<String, Weight> unet(Map<String, Weight> weights) {
    if (!WeightNames.has(weights, "down_blocks.")) {
      return weights;
    }
    int perLevel = count(weights, "down_blocks.0.resnets.");
    return WeightNames.renamed(weights, name -> unetName(weights, name, perLevel));
  }

  /**
   * The Music VAE, by the original names. The weights of its attention are 1×1 convolutions {@code
   * [C, C, 1, 1]}, as in the original; matrices become such.
   *
   * @param weights without what stood before their names, see {@link WrappedNames}
   */
  public static Map<String, Weight> vae(Map<String, Weight> weights) {
    int levels = count(weights, "decoder.up_blocks.");
    Map<String, Weight> named = WeightNames.renamed(weights, name -> vaeName(name, levels));
    named.replaceAll(
        (name, weight) -> {
          long[] shape = weight.shape();
          boolean matrix = name.contains(".attn_1.") && shape.length == 2;
          return matrix ? weight.reshaped(shape[0], shape[1], 1, 1) : weight;
        });
    return named;
  }

  /**
   * The HiFi-GAN vocoder, by the original names ({@code ups.*}), weight normalisation folded. The
   * buffers {@code mean} and {@code scale} of transformers, which AudioLDM does not use, are left
   * out.
   *
   * @param weights without what stood before their names, see {@link WrappedNames}
   */
  public static Map<String, Weight> hifigan(Map<String, Weight> weights) {
    Map<String, Weight> named =
        WeightNames.renamed(
            weights,
            name -> {
              if (name.equals("mean") || name.equals("scale")) {
                return null;
              }
              return name.startsWith("upsampler.")
                  ? "ups." + name.substring("upsampler.".length())
                  : name;
            });
    return WeightNorm.folded(named);
  }

  private static String unetName(Map<String, Weight> weights, String name, int perLevel) {
    Matcher block = UNET_BLOCK.matcher(name);
    if (block.matches()) {
      boolean down = block.group(1).equals("down");
      int level = Integer.parseInt(block.group(2));
      int index = Integer.parseInt(block.group(4));
      String rest = block.group(5);
      int first = down ? 1 + level * (perLevel + 1) : level * (perLevel + 1);
      String blocks = down ? "input_blocks." : "output_blocks.";
      return switch (block.group(3)) {
        case "resnets" ->
            blocks + (first + index) + ".0." + WeightNames.replacePart(rest, RESIDUAL);
        case "attentions" -> blocks + (first + index) + ".1." + rest;
        case "downsamplers" ->
            blocks + (first + perLevel) + ".0." + rest.replaceFirst("^conv\\.", "op.");
        default -> {
          boolean attends = WeightNames.has(weights, "up_blocks." + level + ".attentions.");
          yield blocks + (first + perLevel) + (attends ? ".2." : ".1.") + rest;
        }
      };
    }
    for (int i = 0; i < 2; i++) {
      String middle = "mid_block.resnets." + i + ".";
      if (name.startsWith(middle)) {
        return "middle_block."
            + 2 * i
            + "."
            + WeightNames.replacePart(name.substring(middle.length()), RESIDUAL);
      }
    }
    return WeightNames.replacePart(name, UNET_ENDS);
  }

  private static String vaeName(String name, int levels) {
    if (name.startsWith("vocoder.") || name.startsWith("loss.")) {
      return null;
    }
    Matcher block = VAE_BLOCK.matcher(name);
    String renamed;
    if (block.matches()) {
      boolean encoder = block.group(1).equals("encoder");
      int index = Integer.parseInt(block.group(2));
      String start = encoder ? "encoder.down." + index : "decoder.up." + (levels - 1 - index);
      renamed =
          start
              + switch (block.group(3)) {
                case "resnets" -> ".block." + block.group(4) + "." + block.group(5);
                case "downsamplers" -> ".downsample." + block.group(5);
                default -> ".upsample." + block.group(5);
              };
    } else {
      renamed = WeightNames.replacePart(name, VAE_PARTS);
    }
    return WeightNames.replacePart(
        renamed, List.<String[]>of(new String[] {"conv_shortcut", "nin_shortcut"}));
  }

  /** How many numbers follow a prefix: one more than the largest. */
  private static int count(Map<String, Weight> weights, String prefix) {
    Pattern number = Pattern.compile(Pattern.quote(prefix) + "(\\d{1,3})\\..*");
    int count = 0;
    for (String name : weights.keySet()) {
      Matcher matcher = number.matcher(name);
      if (matcher.matches()) {
        count = Math.max(count, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    return count;
  }

  /** The numbers a file keeps beside the networks, for instance {@code scale_factor}, by name. */
  public static Map<String, Float> scalars(Map<String, Weight> weights) {
    Map<String, Float> scalars = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          if (weight.elements() == 1 && name.indexOf('.') < 0) {
            scalars.put(name, weight.toFloats()[0]);
          }
        });
    return scalars;
  }
}
