package maestro.encoder.wecl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import maestro.networks.BatchNorm;
import maestro.tensor.nn.Initial;
import maestro.tensor.nn.Linear;
import maestro.tensor.nn.NamedBlock;

/**
 * CTEN after its visual trunk: the segments' features [B, S, 2048], and filter banks [B, 100·S,
 * 128] in the variant with sound, to emotion logits.
 *
 * <p>Non-local block over the segments; in the variant with sound, the same for the sound and cross
 * attention both ways; temporal attention γ ≥ 0 over the segments; mean of the weighted segments;
 * classifier. Since that is linear, the logits are the mean of the segments' own logits
 * Linear(γ_s·x_s), which come out too. Source: nku-zhichengzhang/CTEN, models/vaanet_erase.py and
 * models/visual_stream_w_Erase.py.
 */
final class EmotionNetwork extends NamedBlock {
  /** Outputs, in order: [B, classes], [B, S, classes], γ [B, S]. */
  static final List<String> OUTPUTS = List.of("logits", "segmentLogits", "attention");

  /** Frames and bands of the filter banks of one segment. */
  static final int SOUND_FRAMES = 100;

  static final int SOUND_BANDS = 128;

  private final EmotionSize size;
  private final int width;
  private final NonLocal seen;
  private final SoundTrunk soundTrunk;
  private final Linear embedding;
  private final BatchNorm embeddingNorm;
  private final NonLocal heard;
  private final CrossAttention soundAsks;
  private final CrossAttention pictureAsks;
  private final Parameter temporal;
  private final BatchNorm temporalNorm;
  private final Linear temporalMix;
  private final Linear classifier;

  EmotionNetwork(EmotionSize size) {
    this.size = size;
    seen = child("nl.0", new NonLocal(size.seenWidth()));
    boolean hears = size.hears();
    soundTrunk = hears ? child("a_resnet", new SoundTrunk()) : null;
    embedding = hears ? child("a_fc.0", new Linear(SoundTrunk.WIDTH, size.soundWidth())) : null;
    embeddingNorm = hears ? child("a_fc.1", new BatchNorm(size.soundWidth())) : null;
    heard = hears ? child("nl_a.0", new NonLocal(size.soundWidth())) : null;
    soundAsks = hears ? child("v2a_attn", new CrossAttention(size.soundWidth())) : null;
    pictureAsks = hears ? child("a2v_attn", new CrossAttention(size.soundWidth())) : null;
    width = size.seenWidth() + size.soundWidth();
    temporal = parameter("ta_net.conv.0.weight", Initial.fanIn(width), 1, width, 1);
    temporalNorm = child("ta_net.conv.1", new BatchNorm(1));
    temporalMix = child("ta_net.fc", new Linear(size.segments(), size.segments()));
    classifier = child("fc", new Linear(width, size.classes()));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray x = seen.apply(store, inputs.get(0), training);
    if (size.hears()) {
      x = withSound(store, x, inputs.get(1), training);
    }
    NDArray gamma = attention(store, x, training); // [B, S]
    NDArray weighted = x.mul(gamma.reshape(-1, size.segments(), 1));
    NDArray segmentLogits = classifier.apply(store, weighted, training);
    NDArray logits = segmentLogits.sum(new int[] {1}).div((float) size.segments());
    return new NDList(logits, segmentLogits, gamma);
  }

  private NDArray withSound(ParameterStore store, NDArray v, NDArray banks, boolean training) {
    NDArray chunks = banks.reshape(-1, 1, SOUND_FRAMES, SOUND_BANDS);
    NDArray a = embedding.apply(store, soundTrunk.apply(store, chunks, training), training);
    a = Activation.tanh(embeddingNorm.apply(store, a, training));
    a = a.reshape(-1, size.segments(), size.soundWidth());
    a = heard.apply(store, a, training);
    NDArray toSound = soundAsks.apply(store, a, v, training);
    NDArray toPicture = pictureAsks.apply(store, v, a, training);
    return v.add(toSound).concat(a.add(toPicture), 2);
  }

  private NDArray attention(ParameterStore store, NDArray x, boolean training) {
    NDArray weights = value(store, temporal, x, training).reshape(width, 1);
    NDArray scores = x.matMul(weights).reshape(-1, 1, size.segments());
    scores = Activation.tanh(temporalNorm.apply(store, scores, training));
    return Activation.relu(temporalMix.apply(store, scores.reshape(-1, size.segments()), training));
  }
}
