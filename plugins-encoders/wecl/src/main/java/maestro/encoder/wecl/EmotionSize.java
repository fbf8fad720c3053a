package maestro.encoder.wecl;

import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Weight;

/**
 * Sizes and variant of a CTEN model, read from its tensors.
 *
 * @param classes emotions it tells apart
 * @param segments pieces a film is cut into
 * @param stem channels after the first convolution of the visual trunk
 * @param soundWidth numbers per segment from the sound; 0 for the variant that only sees
 */
record EmotionSize(int classes, int segments, int stem, int soundWidth) {
  /** Numbers per segment from the pictures. */
  int seenWidth() {
    return SegmentNetwork.width(stem);
  }

  boolean hears() {
    return soundWidth > 0;
  }

  /**
   * Finds variant and sizes; the variant with sound is known by its sound trunk.
   *
   * @throws MaestroException of kind CONFIGURATION when these are no CTEN weights
   */
  static EmotionSize of(Map<String, Weight> weights) {
    Weight classifier = weights.get("fc.weight");
    Weight temporal = weights.get("ta_net.fc.weight");
    if (classifier == null || temporal == null || !weights.containsKey("resnet.0.weight")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "encoder.wecl",
          "the weights hold no CTEN model: resnet.0.weight, ta_net.fc.weight or fc.weight is missing",
          "give the pack the checkpoint that CTEN's authors publish");
    }
    Weight sound = weights.get("a_fc.0.weight");
    return new EmotionSize(
        (int) classifier.shape()[0],
        (int) temporal.shape()[0],
        (int) weights.get("resnet.0.weight").shape()[0],
        sound == null ? 0 : (int) sound.shape()[0]);
  }
}
