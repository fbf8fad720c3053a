package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.tensor.nn.Convolution;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Linear;

/**
 * The S-Control Branch of the Film Score ControlNet (paper, section 3.2.2): a copy of the encoder
 * half of VM-UNet with a local encoder for each control, and a zero convolution for each of its
 * outputs. Parameters carry the names of our own checkpoints without {@code s_control.}.
 *
 * <p>Inputs: latent {@code [B, 8, T, F]}, timestep {@code [B]}, film condition {@code [B, width]},
 * then each control {@code [B, C, 4T, 1]} in the order of the configuration. Outputs: a residual
 * for each input block and for the middle.
 */
public final class ControlBranch extends EncoderHalf {
  private final ControlConfig controls;
  private final Map<String, LocalEncoder> locals = new LinkedHashMap<>();
  private final List<Convolution> zeroConvolutions = new ArrayList<>();
  private final Convolution middleOut;

  /** Builds the branch without arrays. */
  public ControlBranch(UNetConfig config, ControlConfig controls) {
    super(config);
    this.controls = controls;
    for (int i = 0; i < skipWidths.size(); i++) {
      int width = skipWidths.get(i);
      zeroConvolutions.add(child("zero_convs." + i + ".0", Convolution.zero(width, width)));
    }
    int widest = config.width(config.levels() - 1);
    middleOut = child("middle_block_out.0", Convolution.zero(widest, widest));
    List<Integer> widths = new ArrayList<>();
    int levels = controls.injection() == ControlConfig.Injection.ENTRY ? 1 : config.levels();
    for (int level = 0; level < levels; level++) {
      widths.add(config.width(level));
    }
    controls
        .controls()
        .forEach(
            (name, channels) ->
                locals.put(
                    name,
                    child(
                        "local." + name,
                        new LocalEncoder(channels, controls.preWidths(), widths))));
  }

  /**
   * Lets every zero convolution begin with PyTorch's usual weights, for a branch that is trained
   * together with its VM-UNet from nothing: there is nothing to protect then, and behind two zero
   * convolutions in a row controls are hardly found. Call it before the first values are drawn. Not
   * in the paper, which trains its branch beside a trained VM-UNet.
   */
  public void open() {
    for (Pair<String, Parameter> pair : getParameters()) {
      String name = pair.getKey();
      boolean zero = name.contains("zero_convs.") || name.startsWith("middle_block_out.");
      if (zero && name.endsWith(".weight")) {
        long[] shape = pair.getValue().getShape().getShape();
        pair.getValue().setInitializer(Initial.fanIn(shape[1] * shape[2] * shape[3]));
      }
    }
  }

  /** The numbers of the branch. */
  public ControlConfig controls() {
    return controls;
  }

  /** The encoder of one control. */
  LocalEncoder localEncoder(String control) {
    return locals.get(control);
  }

  /**
   * The sums of all local encoders, one for each level.
   *
   * @param signals {@code [B, C, 4T, 1]} for each control of the configuration, in its order
   */
  NDList localControls(ParameterStore store, NDList signals, boolean training) {
    if (signals.size() != locals.size()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "denoiser",
          signals.size() + " controls were given, the branch has " + locals.keySet(),
          "give every control, zeros for those that ask for nothing");
    }
    NDList sums = null;
    int index = 0;
    for (Map.Entry<String, LocalEncoder> entry : locals.entrySet()) {
      NDList levels = entry.getValue().apply(store, signals.get(index++), training);
      if (sums == null) {
        sums = levels;
      } else {
        NDList next = new NDList(levels.size());
        for (int level = 0; level < levels.size(); level++) {
          next.add(sums.get(level).add(levels.get(level)));
        }
        sums = next;
      }
    }
    return sums;
  }

  /**
   * What the branch adds to VM-UNet.
   *
   * @param x latent {@code [B, 8, T, F]}
   * @param timesteps {@code [B]}
   * @param condition {@code [B, filmWidth]}
   * @param signals each control, {@code [B or 1, C, 4T, 1]}
   * @return one residual for each input block and, last, one for the middle
   */
  NDList apply(
      ParameterStore store,
      NDArray x,
      NDArray timesteps,
      NDArray condition,
      NDList signals,
      boolean training) {
    checkLatent(x);
    for (NDArray signal : signals) {
      if (signal.getShape().get(2) != 4 * x.getShape().get(2)) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            "denoiser",
            "a control of "
                + signal.getShape().get(2)
                + " frames does not fit a latent of "
                + x.getShape().get(2)
                + " columns",
            "give four control frames for each latent column");
      }
    }
    NDArray embedding = embed(store, timesteps, condition, training);
    NDList levels = localControls(store, signals, training);
    boolean entry = controls.injection() == ControlConfig.Injection.ENTRY;
    NDList outputs =
        encode(
            store,
            x,
            embedding,
            context(condition),
            entry ? null : levels,
            entry ? levels.get(0) : null,
            training);
    NDList residuals = new NDList(outputs.size());
    for (int i = 0; i < outputs.size() - 1; i++) {
      residuals.add(zeroConvolutions.get(i).apply(store, outputs.get(i), training));
    }
    residuals.add(middleOut.apply(store, outputs.get(outputs.size() - 1), training));
    return residuals;
  }

  /** The linear layers that take a low-rank adapter: all ten of every transformer of the branch. */
  public List<Linear> adapterSites() {
    List<Linear> linears = new ArrayList<>();
    for (SpatialTransformer transformer : encoderTransformers()) {
      linears.addAll(transformer.linears());
    }
    return linears;
  }

  /**
   * Attaches low-rank adapters to every transformer (paper, equations 4 and 5; the rank is not
   * given there).
   *
   * @param rank 128 reproduces the paper's 20 M trained parameters
   * @param alpha the adapters are scaled by alpha/rank, 1 in the paper
   */
  public void attachLora(int rank, float alpha) {
    adapterSites().forEach(linear -> linear.attachLora(rank, alpha));
  }

  /** Adds every adapter's product to its weight and takes the adapters off. */
  public void mergeLora() {
    adapterSites()
        .forEach(
            linear -> {
              linear.mergeLora();
              linear.detachLora();
            });
  }

  /**
   * Whether a parameter is trained when low-rank adapters are: adapters, zero convolutions and
   * local encoders.
   */
  public static boolean trainedWithLora(String name) {
    return name.contains(".lora_")
        || name.startsWith("zero_convs.")
        || name.startsWith("middle_block_out.")
        || name.startsWith("local.");
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return apply(store, inputs.get(0), inputs.get(1), inputs.get(2), inputs.subNDList(3), training);
  }
}
