package maestro.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * The fusion of the film encoder (paper, section 3.1, "simplified LAFF"): the features of n
 * encoders become one condition c_film. Trained with the diffusion model.
 *
 * <p>Each feature, embedded into D numbers first where its plan says so, goes through tanh(Linear)
 * with dropout 0.2 in training; one attention over the n results follows, and its output has length
 * 1. With several heads, each head's slice has length 1/√h.
 *
 * <p>Names: {@code film_encoder.aesthetic_embed}, {@code film_encoder.laff.transform.semantic.fc1},
 * {@code film_encoder.laff.attention_layer.embedding_common.0}, …; with several heads {@code
 * film_encoder.laff.attention_layer.attention_layer.0.embedding_common.0}, ….
 */
public final class Laff extends NamedBlock {
  private static final String PREFIX = "film_encoder.";
  private static final float DROPOUT = 0.2f;

  /**
   * One encoder's way into the fusion.
   *
   * @param name part of the parameter names: {@code semantic}, {@code aesthetic}, {@code emotion},
   *     or that of another encoder
   * @param width numbers in its feature
   * @param embedded whether the feature is first embedded into D numbers
   */
  public record Branch(String name, int width, boolean embedded) {
    private static final Map<String, String> PAPER_NAMES =
        Map.of("encoder.clip", "semantic", "encoder.tavar", "aesthetic", "encoder.wecl", "emotion");

    private static final Set<String> EMBEDDED = Set.of("aesthetic", "emotion");

    /**
     * The way of a plugin: {@code semantic} for encoder.clip, {@code aesthetic} for encoder.tavar
     * and {@code emotion} for encoder.wecl, the last two embedded first; its own short name for any
     * other.
     */
    public static Branch of(String encoder, int width) {
      String name = nameOf(encoder);
      return new Branch(name, width, EMBEDDED.contains(name));
    }

    /** The name of a plugin's branch. */
    public static String nameOf(String encoder) {
      return PAPER_NAMES.getOrDefault(encoder, encoder.replaceFirst("^\\w+\\.", ""));
    }

    /** Name of the embedding's parameters, without {@code .weight}. */
    public static String embedding(String name) {
      return PREFIX + name + "_embed";
    }

    /** Name of the transform's parameters, without {@code .weight}. */
    public static String transform(String name) {
      return PREFIX + "laff.transform." + name + ".fc1";
    }
  }

  /**
   * Form of the fusion.
   *
   * @param width D, numbers in the condition; 512 in the paper
   * @param heads of the attention; 1 in the paper
   * @param withAverage whether the mean of the features is added
   * @param normalise whether the condition has length 1
   */
  public record Form(int width, int heads, boolean withAverage, boolean normalise) {
    /** The paper's form: 512 numbers, one head, no average, length 1. */
    public static final Form PAPER = new Form(512, 1, false, true);
  }

  private final Form form;
  private final List<Linear> embeddings = new ArrayList<>();
  private final List<Linear> transforms = new ArrayList<>();
  private final FeatureAttention attention;
  private final MultiHeadFeatureAttention headedAttention;

  /**
   * A fusion of some encoders; leaving one out is the paper's ablation.
   *
   * @param branches in the order of the inputs, at least one
   */
  public Laff(List<Branch> branches, Form form) {
    this.form = form;
    for (Branch branch : branches) {
      embeddings.add(
          branch.embedded()
              ? child(Branch.embedding(branch.name()), new Linear(branch.width(), form.width()))
              : null);
      int in = branch.embedded() ? form.width() : branch.width();
      transforms.add(child(Branch.transform(branch.name()), new Linear(in, form.width())));
    }
    String name = PREFIX + "laff.attention_layer";
    boolean headed = form.heads() > 1;
    attention =
        headed
            ? null
            : child(name, new FeatureAttention(form.width(), form.withAverage(), form.normalise()));
    headedAttention =
        headed
            ? child(
                name,
                new MultiHeadFeatureAttention(
                    form.width(), form.heads(), form.withAverage(), form.normalise()))
            : null;
  }

  /**
   * Fuses a batch.
   *
   * @param inputs one feature [B, width] for each branch
   * @return the condition [B, D] and each branch's share in it [B, n]
   */
  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDList transformed = new NDList();
    for (int i = 0; i < inputs.size(); i++) {
      NDArray x = inputs.get(i);
      if (embeddings.get(i) != null) {
        x = embeddings.get(i).apply(store, x, training);
      }
      x = Activation.tanh(transforms.get(i).apply(store, x, training));
      transformed.add(training ? Dropout.dropout(x, DROPOUT, true).singletonOrThrow() : x);
    }
    NDArray features = NDArrays.stack(transformed, 1); // [B, n, D]
    if (attention != null) {
      return attention.apply(store, features, training);
    }
    NDList heads = headedAttention.apply(store, features, training);
    NDArray joined = heads.get(0).reshape(-1, form.width());
    if (form.normalise()) {
      joined = Functions.times(joined, (float) (1 / Math.sqrt(form.heads())));
    }
    return new NDList(joined, heads.get(1));
  }
}
