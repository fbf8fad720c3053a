package maestro.packs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Names and shapes of VM-UNet and of its S-Control Branch, from the numbers of an architecture. */
final class DenoiserShapes {
  private static final String BRANCH = "s_control.";

  private final long model;
  private final long embedding;
  private final long film;
  private final boolean crosses;
  private final int resBlocks;
  private final List<Integer> multipliers;
  private final List<Integer> attentionLevels;
  private final long latent;
  private final Shapes shapes = new Shapes();
  private final Deque<Long> skips = new ArrayDeque<>();

  private DenoiserShapes(Numbers numbers) {
    latent = numbers.positive("latentChannels", 8);
    model = numbers.positive("modelChannels", 128);
    embedding = 4 * model;
    film = numbers.positive("filmWidth", 512);
    crosses = !numbers.text("videoConditioning", "FILM").equals("FILM");
    resBlocks = numbers.positive("resBlocks", 2);
    multipliers = numbers.list("multipliers", List.of(1, 2, 3, 5));
    attentionLevels = numbers.list("attentionLevels", List.of(1, 2, 3));
  }

  static Map<String, long[]> unet(Numbers numbers) {
    DenoiserShapes unet = new DenoiserShapes(numbers);
    unet.decoder(unet.encoder());
    return unet.shapes.map();
  }

  static Map<String, long[]> branch(Numbers numbers) {
    DenoiserShapes branch = new DenoiserShapes(numbers);
    branch.encoder();
    branch.additions(numbers);
    return new Shapes().all(BRANCH, branch.shapes.map()).map();
  }

  /**
   * The part that the branch has too: embeddings, input blocks and middle; gives the width of the
   * coarsest level.
   */
  private long encoder() {
    shapes.layer("time_embed.0", embedding, model).layer("time_embed.2", embedding, embedding);
    shapes.layer("film_emb", embedding, film);
    shapes.layer("input_blocks.0.0", model, latent, 3, 3);
    skips.push(model);
    long width = model;
    int index = 1;
    for (int level = 0; level < multipliers.size(); level++) {
      for (int i = 0; i < resBlocks; i++, index++) {
        long out = model * multipliers.get(level);
        residual("input_blocks." + index + ".0.", width, out);
        width = out;
        transformer("input_blocks." + index + ".1.", level, width);
        skips.push(width);
      }
      if (level < multipliers.size() - 1) {
        shapes.layer("input_blocks." + index++ + ".0.op", width, width, 3, 3);
        skips.push(width);
      }
    }
    residual("middle_block.0.", width, width);
    transformer("middle_block.1.", width);
    residual("middle_block.2.", width, width);
    return width;
  }

  private void decoder(long coarsest) {
    long width = coarsest;
    int index = 0;
    for (int level = multipliers.size() - 1; level >= 0; level--) {
      long out = model * multipliers.get(level);
      for (int i = 0; i <= resBlocks; i++, index++) {
        residual("output_blocks." + index + ".0.", width + skips.pop(), out);
        width = out;
        transformer("output_blocks." + index + ".1.", level, width);
        if (level > 0 && i == resBlocks) {
          String part = attentionLevels.contains(level) ? ".2" : ".1";
          shapes.layer("output_blocks." + index + part + ".conv", width, width, 3, 3);
        }
      }
    }
    shapes.norm("out.0", width).layer("out.2", latent, width, 3, 3);
  }

  private void additions(Numbers numbers) {
    List<Long> widths = new ArrayList<>(skips);
    for (int i = 0; i < widths.size(); i++) {
      long width = widths.get(widths.size() - 1 - i);
      shapes.layer("zero_convs." + i + ".0", width, width, 1, 1);
    }
    long coarsest = skips.peek();
    shapes.layer("middle_block_out.0", coarsest, coarsest, 1, 1);
    int levels = numbers.text("injection", "LEVELS").equals("ENTRY") ? 1 : multipliers.size();
    List<Integer> preWidths = numbers.list("preWidths", List.of(64, 128));
    numbers
        .map("controls")
        .forEach(
            (name, control) -> {
              String local = "local." + name + ".";
              long width = channels(name, control);
              for (int i = 0; i < preWidths.size(); i++) {
                shapes.layer(local + "pre." + i, preWidths.get(i), width, 3, 1);
                width = preWidths.get(i);
              }
              for (int level = 0; level < levels; level++) {
                long out = model * multipliers.get(level);
                shapes.layer(local + "extractors." + level, out, width, 3, 1);
                shapes.layer(local + "zero_convs." + level, out, out, 3, 1);
                width = out;
              }
            });
  }

  private static int channels(Object name, Object control) {
    Object channels = control instanceof Map<?, ?> map ? map.get("channels") : control;
    return new Numbers("branch", Map.of("channels", channels == null ? "none" : channels))
        .positive("channels", 0);
  }

  private void residual(String name, long in, long out) {
    shapes.norm(name + "in_layers.0", in).layer(name + "in_layers.2", out, in, 3, 3);
    shapes.layer(name + "emb_layers.1", out, 2 * embedding);
    shapes.norm(name + "out_layers.0", out).layer(name + "out_layers.3", out, out, 3, 3);
    if (in != out) {
      shapes.layer(name + "skip_connection", out, in, 1, 1);
    }
  }

  private void transformer(String name, int level, long width) {
    if (attentionLevels.contains(level)) {
      transformer(name, width);
    }
  }

  private void transformer(String name, long width) {
    shapes.norm(name + "norm", width).layer(name + "proj_in", width, width, 1, 1);
    String block = name + "transformer_blocks.0.";
    for (String attention : List.of("attn1", "attn2")) {
      long context = crosses && attention.equals("attn2") ? film : width;
      shapes.tensor(block + attention + ".to_q.weight", width, width);
      shapes.tensor(block + attention + ".to_k.weight", width, context);
      shapes.tensor(block + attention + ".to_v.weight", width, context);
      shapes.layer(block + attention + ".to_out.0", width, width);
    }
    shapes
        .layer(block + "ff.net.0.proj", 8 * width, width)
        .layer(block + "ff.net.2", width, 4 * width);
    for (int i = 1; i <= 3; i++) {
      shapes.norm(block + "norm" + i, width);
    }
    shapes.layer(name + "proj_out", width, width, 1, 1);
  }
}
