package maestro.latent.vmunet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The numbers of an AudioLDM U-Net.
 *
 * @param latentChannels channels of the latent, 8
 * @param modelChannels width of the finest level: 128 (S), 192 (M), 256 (L)
 * @param multipliers width of each level in model channels, finest first: 1, 2, 3, 5
 * @param resBlocks residual blocks a level in the encoder half, 2; the decoder half has one more
 * @param attentionLevels levels with transformers: 1, 2, 3
 * @param headRule heads of the attentions
 * @param filmWidth width of the film condition, 512
 * @param conditioning how the film condition enters
 */
public record UNetConfig(
    int latentChannels,
    int modelChannels,
    List<Integer> multipliers,
    int resBlocks,
    List<Integer> attentionLevels,
    HeadRule headRule,
    int filmWidth,
    VideoConditioning conditioning) {
  /** Checks the numbers. */
  public UNetConfig {
    multipliers = List.copyOf(multipliers);
    attentionLevels = List.copyOf(attentionLevels);
    if (latentChannels < 1 || resBlocks < 1 || filmWidth < 1 || multipliers.isEmpty()) {
      throw new IllegalArgumentException("illegal U-Net: sizes must be 1 or more");
    }
    if (modelChannels < 32 || modelChannels % 32 != 0) {
      throw new IllegalArgumentException(
          "illegal U-Net width: "
              + modelChannels
              + ", must be a multiple of the 32 groups of its normalisation");
    }
  }

  /** AudioLDM-S: 128 channels, heads of 32. */
  public static UNetConfig small(VideoConditioning conditioning) {
    return of(128, HeadRule.channelsPerHead(32), 512, conditioning);
  }

  /** AudioLDM-M: 192 channels, heads of 32. */
  public static UNetConfig medium(VideoConditioning conditioning) {
    return of(192, HeadRule.channelsPerHead(32), 512, conditioning);
  }

  /** AudioLDM-L: 256 channels, heads of 64. */
  public static UNetConfig large(VideoConditioning conditioning) {
    return of(256, HeadRule.channelsPerHead(64), 512, conditioning);
  }

  /** AudioLDM's layout at any width. */
  public static UNetConfig of(
      int modelChannels, HeadRule headRule, int filmWidth, VideoConditioning conditioning) {
    return new UNetConfig(
        8,
        modelChannels,
        List.of(1, 2, 3, 5),
        2,
        List.of(1, 2, 3),
        headRule,
        filmWidth,
        conditioning);
  }

  /** Number of resolutions. */
  public int levels() {
    return multipliers.size();
  }

  /** Channels at a level. */
  public int width(int level) {
    return modelChannels * multipliers.get(level);
  }

  /** Width of the time embedding, and of the film embedding that is set beside it. */
  public int embeddingWidth() {
    return 4 * modelChannels;
  }

  /** What the length of a latent must be a multiple of in time and in frequency. */
  public int multiple() {
    return 1 << (levels() - 1);
  }

  /**
   * Number of input blocks: one convolution, and for each level its residual blocks and a step
   * down, but for the last.
   */
  public int inputBlocks() {
    return levels() * (resBlocks + 1);
  }

  /**
   * What a skip connection carries: {@code [B, channels, T / 2^halvings, F / 2^halvings]}.
   *
   * @param channels its width
   * @param halvings how often time and frequency have been halved there
   */
  public record Skip(int channels, int halvings) {}

  /** The skip connections, one for each input block; and, last, what the middle gives. */
  public List<Skip> skips() {
    List<Skip> skips = new ArrayList<>(List.of(new Skip(width(0), 0)));
    for (int level = 0; level < levels(); level++) {
      skips.addAll(Collections.nCopies(resBlocks, new Skip(width(level), level)));
      if (level < levels() - 1) {
        skips.add(new Skip(width(level), level + 1));
      }
    }
    skips.add(new Skip(width(levels() - 1), levels() - 1));
    return skips;
  }

  /** Whether a level has transformers. */
  public boolean attends(int level) {
    return attentionLevels.contains(level);
  }
}
