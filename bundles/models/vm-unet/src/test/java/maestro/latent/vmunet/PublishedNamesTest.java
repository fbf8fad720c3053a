package maestro.latent.vmunet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.AudioLdmNames;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WrappedNames;
import org.junit.jupiter.api.Test;

/**
 * A file with AudioLDM's names and one with diffusers' names, of the same numbers, fill the same
 * network.
 */
final class PublishedNamesTest {
  /** The numbers of the rule, under the name another library gives them. */
  private static Map<String, Weight> file(Block block, UnaryOperator<String> published) {
    Map<String, Weight> file = new LinkedHashMap<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      FloatTensor values =
          FillRule.tensor("unet." + pair.getKey(), pair.getValue().getShape().getShape());
      String name = published.apply(pair.getKey());
      file.put(name, Weight.of(name, values));
    }
    return file;
  }

  private static void checkSame(Block block, Map<String, Weight> loaded) {
    assertThat(loaded).hasSize(block.getParameters().size());
    for (Pair<String, Parameter> pair : block.getParameters()) {
      long[] shape = pair.getValue().getShape().getShape();
      Weight weight = loaded.get(pair.getKey());
      assertThat(weight).as(pair.getKey()).isNotNull();
      assertThat(weight.shape()).as(pair.getKey()).isEqualTo(shape);
      assertThat(weight.toFloats())
          .as(pair.getKey())
          .isEqualTo(FillRule.tensor("unet." + pair.getKey(), shape).values());
    }
  }

  private static Map<String, Weight> found(Map<String, Weight> file, List<String> marks) {
    return WrappedNames.find("file", file, Averaging.AUTO, marks).orElseThrow().weights();
  }

  @Test
  void unetFromAnOriginalFile() {
    UNet unet = new UNet(Tiny.unet(VideoConditioning.FILM));
    Map<String, Weight> file = file(unet, n -> "model.diffusion_model." + n);
    checkSame(unet, AudioLdmNames.unet(found(file, AudioLdmNames.UNET)));
  }

  @Test
  void unetFromADiffusersFile() {
    UNet unet = new UNet(Tiny.unet(VideoConditioning.FILM));
    Map<String, Weight> file = file(unet, PublishedNamesTest::diffusersUNet);
    assertThat(file)
        .containsKeys(
            "conv_in.weight",
            "class_embedding.bias",
            "down_blocks.0.downsamplers.0.conv.weight",
            "down_blocks.3.attentions.1.transformer_blocks.0.ff.net.0.proj.weight",
            "mid_block.resnets.1.time_emb_proj.weight",
            "up_blocks.2.upsamplers.0.conv.weight",
            "up_blocks.3.resnets.2.conv_shortcut.weight");
    checkSame(unet, AudioLdmNames.unet(file));
  }

  /** The rules of diffusers' conversion script, written out the other way round. */
  private static String diffusersUNet(String name) {
    String[] parts = name.split("\\.");
    if (parts[0].equals("input_blocks") && !parts[1].equals("0")) {
      int block = Integer.parseInt(parts[1]) - 1;
      String rest = rest(parts, 3);
      if (rest.startsWith("op.")) {
        return "down_blocks." + block / 3 + ".downsamplers.0.conv." + rest.substring(3);
      }
      String kind = parts[2].equals("0") ? ".resnets." : ".attentions.";
      return "down_blocks." + block / 3 + kind + block % 3 + "." + residual(rest);
    }
    if (parts[0].equals("output_blocks")) {
      int block = Integer.parseInt(parts[1]);
      String rest = rest(parts, 3);
      if (rest.startsWith("conv.")) {
        return "up_blocks." + block / 3 + ".upsamplers.0." + rest;
      }
      String kind = parts[2].equals("0") ? ".resnets." : ".attentions.";
      return "up_blocks." + block / 3 + kind + block % 3 + "." + residual(rest);
    }
    if (parts[0].equals("middle_block")) {
      String[] middle = {"resnets.0.", "attentions.0.", "resnets.1."};
      return "mid_block." + middle[Integer.parseInt(parts[1])] + residual(rest(parts, 2));
    }
    return name.replace("time_embed.0", "time_embedding.linear_1")
        .replace("time_embed.2", "time_embedding.linear_2")
        .replace("film_emb", "class_embedding")
        .replace("input_blocks.0.0", "conv_in")
        .replace("out.0", "conv_norm_out")
        .replace("out.2", "conv_out");
  }

  private static String residual(String rest) {
    return rest.replace("in_layers.0", "norm1")
        .replace("in_layers.2", "conv1")
        .replace("emb_layers.1", "time_emb_proj")
        .replace("out_layers.0", "norm2")
        .replace("out_layers.3", "conv2")
        .replace("skip_connection", "conv_shortcut");
  }

  private static String rest(String[] parts, int from) {
    return String.join(".", java.util.Arrays.asList(parts).subList(from, parts.length));
  }

  @Test
  void vaeFromBothFiles() {
    MusicVae vae = new MusicVae(VaeConfig.of(32));
    Map<String, Weight> original = file(vae, n -> "first_stage_model." + n);
    checkSame(vae, AudioLdmNames.vae(found(original, AudioLdmNames.VAE)));
    Map<String, Weight> diffusers = file(vae, PublishedNamesTest::diffusersVae);
    assertThat(diffusers)
        .containsKeys(
            "encoder.down_blocks.1.resnets.0.conv_shortcut.weight",
            "decoder.up_blocks.2.resnets.0.conv1.weight",
            "decoder.mid_block.attentions.0.to_out.0.bias");
    checkSame(vae, AudioLdmNames.vae(diffusers));
  }

  private static String diffusersVae(String name) {
    String renamed =
        name.replace("mid.block_1", "mid_block.resnets.0")
            .replace("mid.block_2", "mid_block.resnets.1")
            .replace("mid.attn_1.norm", "mid_block.attentions.0.group_norm")
            .replace("mid.attn_1.q", "mid_block.attentions.0.to_q")
            .replace("mid.attn_1.k", "mid_block.attentions.0.to_k")
            .replace("mid.attn_1.v", "mid_block.attentions.0.to_v")
            .replace("mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0")
            .replace("norm_out", "conv_norm_out")
            .replace("nin_shortcut", "conv_shortcut")
            .replaceAll("encoder\\.down\\.(\\d)\\.block", "encoder.down_blocks.$1.resnets")
            .replaceAll("down\\.(\\d)\\.downsample", "down_blocks.$1.downsamplers.0");
    for (int level = 0; level < 3; level++) {
      renamed =
          renamed
              .replace("up." + level + ".block", "up_blocks." + (2 - level) + ".resnets")
              .replace("up." + level + ".upsample", "up_blocks." + (2 - level) + ".upsamplers.0");
    }
    return renamed;
  }
}
