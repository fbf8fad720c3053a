package maestro.latent.vmunet;

import java.util.List;

/**
 * The numbers of a Music VAE.
 *
 * @param melChannels channels of the mel, 1
 * @param latentChannels channels of the latent, 8
 * @param channels width of the finest level, 128
 * @param multipliers width of each level in those channels, finest first: 1, 2, 4
 * @param resBlocks residual blocks a level in the encoder, 2; the decoder has one more
 */
public record VaeConfig(
    int melChannels, int latentChannels, int channels, List<Integer> multipliers, int resBlocks) {
  /** Checks the numbers. */
  public VaeConfig {
    multipliers = List.copyOf(multipliers);
    if (melChannels < 1 || latentChannels < 1 || resBlocks < 1 || multipliers.isEmpty()) {
      throw new IllegalArgumentException("illegal VAE: sizes must be 1 or more");
    }
    if (channels < 32 || channels % 32 != 0) {
      throw new IllegalArgumentException(
          "illegal VAE width: "
              + channels
              + ", must be a multiple of the 32 groups of its normalisation");
    }
  }

  /** AudioLDM's layout at any width; the published one is 128. */
  public static VaeConfig of(int channels) {
    return new VaeConfig(1, 8, channels, List.of(1, 2, 4), 2);
  }

  /** Channels at a level. */
  public int width(int level) {
    return channels * multipliers.get(level);
  }

  /** Number of resolutions. */
  public int levels() {
    return multipliers.size();
  }

  /** By how much the VAE shortens time and frequency, 4. */
  public int compression() {
    return 1 << (levels() - 1);
  }
}
