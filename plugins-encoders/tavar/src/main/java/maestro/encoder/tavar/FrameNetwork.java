package maestro.encoder.tavar;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import maestro.networks.BatchNorm;
import maestro.networks.ParametricRelu;
import maestro.networks.ResNet50;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * What TAVAR sees in single frames: [B, 3, H, W] to six attributes, six theme logits, the seven
 * 256-number features of attributes and theme, and the general aesthetic feature.
 *
 * <p>Three ResNet-50 of the published model: one shared by the six attribute heads ({@code
 * AttrNet}), one for the theme ({@code ScenceNet}, its authors' spelling), one for aesthetics
 * ({@code score_net}). A head's feature is its first linear layer's output, before normalisation.
 * Source: yipoh/TAVAR, Demo.py.
 */
final class FrameNetwork extends NamedBlock {
  /** Outputs, in order: [B, 6], [B, 6], [B, 7, 256], [B, 256]. */
  static final List<String> OUTPUTS = List.of("attributes", "theme", "nodes", "aesthetics");

  /** Numbers in a feature. */
  static final int FEATURE = 256;

  static final int ATTRIBUTES = 6;
  static final int THEMES = 6;
  private static final int HIDDEN = 64;

  private final int width;
  private final ResNet50 attributeTrunk;
  private final ResNet50 themeTrunk;
  private final ResNet50 aestheticTrunk;
  private final Linear aesthetics;
  private final List<Head> attributes = new ArrayList<>();
  private final Head theme;

  /** The network as published. */
  FrameNetwork() {
    this(ResNet50.STEM);
  }

  /**
   * A network of another width.
   *
   * @param stem channels after the first convolution of each trunk
   */
  FrameNetwork(int stem) {
    width = ResNet50.width(stem);
    attributeTrunk = child("AttrNet.resnet", new ResNet50(stem));
    themeTrunk = child("ScenceNet", new ResNet50(stem));
    aestheticTrunk = child("score_net", new ResNet50(stem));
    aesthetics = child("score_net.fc", new Linear(width, FEATURE));
    for (int i = 1; i <= ATTRIBUTES; i++) {
      attributes.add(head("AttrNet.Attr" + i + "_Model.", 1));
    }
    theme = head("ScenceNet.", THEMES);
  }

  private Head head(String prefix, int outputs) {
    return new Head(
        child(prefix + "fc1_1", new Linear(width, FEATURE)),
        child(prefix + "bn1_1", new BatchNorm(FEATURE)),
        child(prefix + "relu1_1", new ParametricRelu()),
        child(prefix + "fc2_1", new Linear(FEATURE, HIDDEN)),
        child(prefix + "relu2_1", new ParametricRelu()),
        child(prefix + "fc3_1", new Linear(HIDDEN, outputs)),
        child(prefix + "relu3_1", new ParametricRelu()));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray pictures = inputs.singletonOrThrow();
    NDArray seen = attributeTrunk.apply(store, pictures, training);
    NDList scores = new NDList();
    NDList features = new NDList();
    for (Head head : attributes) {
      NDArray feature = head.first().apply(store, seen, training);
      features.add(feature);
      scores.add(head.last().apply(store, head.logits(store, feature, training), training));
    }
    NDArray themeFeature =
        theme.first().apply(store, themeTrunk.apply(store, pictures, training), training);
    features.add(themeFeature);
    // The theme head owns a last activation that the published model never applies.
    NDArray logits = theme.logits(store, themeFeature, training);
    NDArray general =
        aesthetics.apply(store, aestheticTrunk.apply(store, pictures, training), training);
    return new NDList(NDArrays.concat(scores, 1), logits, NDArrays.stack(features, 1), general);
  }

  private record Head(
      Linear first,
      BatchNorm norm,
      ParametricRelu firstSlope,
      Linear second,
      ParametricRelu secondSlope,
      Linear third,
      ParametricRelu last) {

    NDArray logits(ParameterStore store, NDArray feature, boolean training) {
      NDArray x = norm.apply(store, feature, training);
      x = second.apply(store, firstSlope.apply(store, x, training), training);
      return third.apply(store, secondSlope.apply(store, x, training), training);
    }
  }
}
