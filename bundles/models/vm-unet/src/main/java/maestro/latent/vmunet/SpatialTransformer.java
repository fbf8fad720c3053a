package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.GroupNorm;
import maestro.tensor.nn.LayerNorm;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * A transformer block over all positions of a plane: two attentions and a gated feed-forward, each
 * with its residual, between two 1×1 convolutions. Tokens are read row by row, time before
 * frequency.
 */
final class SpatialTransformer extends NamedBlock {
  private static final String BLOCK = "transformer_blocks.0.";

  private final int channels;
  private final GroupNorm norm;
  private final Convolution projectIn;
  private final LayerNorm norm1;
  private final Attention attention1;
  private final LayerNorm norm2;
  private final Attention attention2;
  private final LayerNorm norm3;
  private final Linear gate;
  private final Linear feedForward;
  private final Convolution projectOut;

  /**
   * A transformer.
   *
   * @param contextWidth width of the context of the second attention, or 0 when that is a
   *     self-attention
   */
  SpatialTransformer(int channels, int heads, int contextWidth) {
    this.channels = channels;
    norm = child("norm", new GroupNorm(32, channels, 1e-6f));
    projectIn = child("proj_in", Convolution.pointwise(channels, channels));
    attention1 = child(BLOCK + "attn1", new Attention(channels, channels, heads));
    gate = child(BLOCK + "ff.net.0.proj", new Linear(channels, 8 * channels));
    feedForward = child(BLOCK + "ff.net.2", new Linear(4 * channels, channels));
    attention2 =
        child(
            BLOCK + "attn2",
            new Attention(channels, contextWidth == 0 ? channels : contextWidth, heads));
    norm1 = child(BLOCK + "norm1", new LayerNorm(channels, 1e-5f));
    norm2 = child(BLOCK + "norm2", new LayerNorm(channels, 1e-5f));
    norm3 = child(BLOCK + "norm3", new LayerNorm(channels, 1e-5f));
    projectOut = child("proj_out", Convolution.pointwise(channels, channels));
  }

  /**
   * The block's function.
   *
   * @param x {@code [B, C, T, F]}
   * @param context {@code [B, M, width]}, or null when the second attention is a self-attention
   */
  NDArray apply(ParameterStore store, NDArray x, NDArray context, boolean training) {
    return scoped(
        () -> {
          Shape shape = x.getShape();
          long batch = shape.get(0);
          long positions = shape.get(2) * shape.get(3);
          NDArray tokens =
              projectIn
                  .apply(store, norm.apply(store, x, training), training)
                  .reshape(batch, channels, positions)
                  .transpose(0, 2, 1);
          tokens = tokens.add(attend(store, attention1, norm1, tokens, null, training));
          tokens = tokens.add(attend(store, attention2, norm2, tokens, context, training));
          tokens = tokens.add(gated(store, norm3.apply(store, tokens, training), training));
          NDArray plane = tokens.transpose(0, 2, 1).reshape(shape);
          return projectOut.apply(store, plane, training).add(x);
        });
  }

  private static NDArray attend(
      ParameterStore store,
      Attention attention,
      LayerNorm norm,
      NDArray tokens,
      NDArray context,
      boolean training) {
    return scoped(
        () -> {
          NDArray normal = norm.apply(store, tokens, training);
          return attention.apply(store, normal, context == null ? normal : context, training);
        });
  }

  /** GEGLU (Shazeer 2020): value · GELU(gate), with the exact GELU. */
  private NDArray gated(ParameterStore store, NDArray tokens, boolean training) {
    return scoped(
        () -> {
          NDList halves = gate.apply(store, tokens, training).split(2, 2);
          NDArray hidden = halves.get(0).mul(Activation.gelu(halves.get(1)));
          return feedForward.apply(store, hidden, training);
        });
  }

  /** The ten linear layers a low-rank adapter may sit on. */
  List<Linear> linears() {
    List<Linear> linears = new ArrayList<>(attention1.linears());
    linears.addAll(attention2.linears());
    linears.add(gate);
    linears.add(feedForward);
    return linears;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(
        apply(store, inputs.get(0), inputs.size() > 1 ? inputs.get(1) : null, training));
  }
}
