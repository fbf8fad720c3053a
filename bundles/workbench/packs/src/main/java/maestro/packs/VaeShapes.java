package maestro.packs;

import java.util.List;
import java.util.Map;

/** Names and shapes of the Music VAE. */
final class VaeShapes {
  private final Shapes shapes = new Shapes();

  private VaeShapes() {}

  static Map<String, long[]> of(Numbers numbers) {
    VaeShapes vae = new VaeShapes();
    long channels = numbers.positive("channels", 128);
    long latent = numbers.positive("latentChannels", 8);
    int resBlocks = numbers.positive("resBlocks", 2);
    List<Integer> multipliers = numbers.list("multipliers", List.of(1, 2, 4));
    int levels = multipliers.size();
    long coarsest = channels * multipliers.get(levels - 1);

    vae.shapes.layer("encoder.conv_in", channels, 1, 3, 3);
    long width = channels;
    for (int level = 0; level < levels; level++) {
      for (int i = 0; i < resBlocks; i++) {
        vae.residual(
            "encoder.down." + level + ".block." + i, width, channels * multipliers.get(level));
        width = channels * multipliers.get(level);
      }
      if (level < levels - 1) {
        vae.shapes.layer("encoder.down." + level + ".downsample.conv", width, width, 3, 3);
      }
    }
    vae.middle("encoder.mid", coarsest);
    vae.shapes
        .norm("encoder.norm_out", coarsest)
        .layer("encoder.conv_out", 2 * latent, coarsest, 3, 3);

    vae.shapes.layer("decoder.conv_in", coarsest, latent, 3, 3);
    vae.middle("decoder.mid", coarsest);
    width = coarsest;
    for (int level = levels - 1; level >= 0; level--) {
      for (int i = 0; i <= resBlocks; i++) {
        vae.residual(
            "decoder.up." + level + ".block." + i, width, channels * multipliers.get(level));
        width = channels * multipliers.get(level);
      }
      if (level > 0) {
        vae.shapes.layer("decoder.up." + level + ".upsample.conv", width, width, 3, 3);
      }
    }
    vae.shapes.norm("decoder.norm_out", width).layer("decoder.conv_out", 1, width, 3, 3);
    vae.shapes
        .layer("quant_conv", 2 * latent, 2 * latent, 1, 1)
        .layer("post_quant_conv", latent, latent, 1, 1);
    return vae.shapes.map();
  }

  private void residual(String name, long in, long out) {
    shapes.norm(name + ".norm1", in).layer(name + ".conv1", out, in, 3, 3);
    shapes.norm(name + ".norm2", out).layer(name + ".conv2", out, out, 3, 3);
    if (in != out) {
      shapes.layer(name + ".nin_shortcut", out, in, 1, 1);
    }
  }

  private void middle(String name, long width) {
    residual(name + ".block_1", width, width);
    shapes.norm(name + ".attn_1.norm", width);
    for (String projection : List.of("q", "k", "v", "proj_out")) {
      shapes.layer(name + ".attn_1." + projection, width, width, 1, 1);
    }
    residual(name + ".block_2", width, width);
  }
}
