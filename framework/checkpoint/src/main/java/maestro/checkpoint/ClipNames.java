package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The image tower of CLIP by OpenAI's names ({@code visual.*}) and by those of transformers ({@code
 * vision_model.*}, {@code visual_projection.weight}).
 *
 * <p>Source: openai/CLIP (clip/model.py); huggingface/transformers
 * (convert_clip_original_pytorch_to_hf.py).
 */
public final class ClipNames {
  /** Names that a file of the image tower has, one or the other. */
  public static final List<String> IMAGE_TOWER =
      List.of("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight");

  private static final String VISUAL = "visual.";
  private static final Pattern OPENAI_LAYER =
      Pattern.compile("transformer\\.resblocks\\.(\\d{1,3})\\.(.+)");
  private static final Pattern LAYER =
      Pattern.compile("vision_model\\.encoder\\.layers\\.(\\d{1,3})\\.(.+)");

  private static final List<String[]> ENDS =
      List.of(
          new String[] {"class_embedding", "vision_model.embeddings.class_embedding"},
          new String[] {
            "positional_embedding", "vision_model.embeddings.position_embedding.weight"
          },
          new String[] {"proj", "visual_projection.weight"},
          new String[] {"conv1.weight", "vision_model.embeddings.patch_embedding.weight"},
          new String[] {"ln_pre", "vision_model.pre_layrnorm"},
          new String[] {"ln_post", "vision_model.post_layernorm"});
  private static final List<String[]> PARTS =
      List.of(
          new String[] {"attn.out_proj", "self_attn.out_proj"},
          new String[] {"ln_1", "layer_norm1"},
          new String[] {"ln_2", "layer_norm2"},
          new String[] {"mlp.c_fc", "mlp.fc1"},
          new String[] {"mlp.c_proj", "mlp.fc2"});

  private ClipNames() {}

  /**
   * The image tower by OpenAI's names, {@code visual.} included, from a file of either naming.
   * Whatever else the file holds (the text tower) is left out.
   */
  public static Map<String, Weight> toOpenAi(Map<String, Weight> weights) {
    if (!WeightNames.has(weights, "vision_model.")) {
      return WeightNames.renamed(weights, name -> name.startsWith(VISUAL) ? name : null);
    }
    Map<String, Weight> named = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          Matcher layer = LAYER.matcher(name);
          if (layer.matches()) {
            String start = VISUAL + "transformer.resblocks." + layer.group(1) + ".";
            String rest = layer.group(2);
            if (rest.startsWith("self_attn.q_proj.")) {
              String kind = rest.substring("self_attn.q_proj.".length());
              WeightNames.put(named, start + "attn.in_proj_" + kind, joined(weights, name, weight));
            } else if (!rest.startsWith("self_attn.k_proj.")
                && !rest.startsWith("self_attn.v_proj.")) {
              WeightNames.put(named, start + replace(rest, PARTS, 1, 0), weight);
            }
          } else if (name.equals("visual_projection.weight")) {
            WeightNames.put(named, VISUAL + "proj", weight.transposed());
          } else if (name.startsWith("vision_model.") && !name.endsWith("position_ids")) {
            WeightNames.put(named, VISUAL + replace(name, ENDS, 1, 0), weight);
          }
        });
    return named;
  }

  /** The image tower by the names of transformers, from a file of either naming. */
  public static Map<String, Weight> toTransformers(Map<String, Weight> weights) {
    Map<String, Weight> named = new LinkedHashMap<>();
    if (WeightNames.has(weights, "vision_model.")) {
      weights.forEach(
          (name, weight) -> {
            boolean vision =
                name.startsWith("vision_model.") || name.equals("visual_projection.weight");
            if (vision && !name.endsWith("position_ids")) {
              WeightNames.put(named, name, weight);
            }
          });
      return named;
    }
    WeightNames.under(weights, VISUAL)
        .forEach(
            (name, weight) -> {
              Matcher layer = OPENAI_LAYER.matcher(name);
              if (!layer.matches()) {
                WeightNames.put(
                    named,
                    replace(name, ENDS, 0, 1),
                    name.equals("proj") ? weight.transposed() : weight);
                return;
              }
              String start = "vision_model.encoder.layers." + layer.group(1) + ".";
              String rest = layer.group(2);
              if (!rest.startsWith("attn.in_proj_")) {
                WeightNames.put(named, start + replace(rest, PARTS, 0, 1), weight);
                return;
              }
              String kind = rest.substring("attn.in_proj_".length());
              long third = weight.shape()[0] / 3;
              for (int i = 0; i < 3; i++) {
                String target = start + "self_attn." + "qkv".charAt(i) + "_proj." + kind;
                WeightNames.put(named, target, weight.rows(i * third, (i + 1) * third));
              }
            });
    return named;
  }

  private static Weight joined(Map<String, Weight> weights, String queryName, Weight query) {
    Weight[] parts = {
      query, partner(weights, queryName, "k_proj"), partner(weights, queryName, "v_proj")
    };
    long[] shape = query.shape();
    for (Weight part : parts) {
      if (part.dataType() != query.dataType() || part.elements() != query.elements()) {
        throw new CheckpointException(
            "CLIP",
            "'" + part.name() + "' does not go with '" + queryName + "'",
            CheckpointException.AGAIN);
      }
    }
    shape[0] *= 3;
    return new ComputedWeight(
        queryName,
        query.dataType(),
        shape,
        () -> {
          ByteBuffer all = ByteBuffer.allocateDirect(Math.toIntExact(3 * query.byteLength()));
          for (Weight part : parts) {
            all.put(part.data());
          }
          return all.order(ByteOrder.LITTLE_ENDIAN).flip();
        });
  }

  private static Weight partner(Map<String, Weight> weights, String queryName, String part) {
    Weight weight = weights.get(queryName.replace("q_proj", part));
    if (weight == null) {
      throw new CheckpointException(
          "CLIP",
          "there is '" + queryName + "' but no " + part + " beside it",
          CheckpointException.AGAIN);
    }
    return weight;
  }

  /** The name with its beginning exchanged by the first pair that fits; itself when none does. */
  private static String replace(String name, List<String[]> pairs, int from, int to) {
    for (String[] pair : pairs) {
      if (name.equals(pair[from]) || name.startsWith(pair[from] + ".")) {
        return pair[to] + name.substring(pair[from].length());
      }
    }
    return name;
  }
}
