package maestro.packs;

/**
 * The parts a pack may have, and the numbers of their architecture. Names and shapes of their
 * tensors follow from these by the networks' own blocks ({@link PartShapes}).
 *
 * <table>
 * <caption>Numbers, with the published values as defaults</caption>
 * <tr><td>{@code denoiser}</td><td>{@code latentChannels} 8, {@code modelChannels} 128, {@code multipliers} [1,2,3,5],
 * {@code resBlocks} 2, {@code attentionLevels} [1,2,3], {@code headRule} CHANNELS_PER_HEAD(32) or FIXED(8),
 * {@code filmWidth} 512, {@code videoConditioning} FILM, CROSS_ATTENTION or CROSS_ONLY, {@code nullCondition} zero or
 * learned</td></tr>
 * <tr><td>{@code branch}</td><td>{@code controls}, by short name {channels, mean, deviation}, {@code preWidths} [64,128]
 * and {@code injection} LEVELS or ENTRY; widths are those of the denoiser</td></tr>
 * <tr><td>{@code vae}</td><td>{@code latentChannels} 8, {@code channels} 128, {@code multipliers} [1,2,4],
 * {@code resBlocks} 2, {@code melBands} 64, {@code scaleFactor}</td></tr>
 * <tr><td>{@code vocoder.hifigan}</td><td>{@code bands} 64, {@code channels} 1024, {@code rates} [5,4,2,2,2],
 * {@code kernels} [16,16,8,4,4], {@code residualKernels} [3,7,11], {@code dilations} [1,3,5], {@code slope} 0.1</td></tr>
 * <tr><td>{@code encoder.clip}</td><td>{@code resolution} 224, {@code patch} 32, {@code width} 768, {@code layers} 12,
 * {@code output} 512</td></tr>
 * <tr><td>{@code fusion.laff}</td><td>{@code width} 512, {@code heads} 1, {@code withAverage} false, {@code normalise}
 * true; {@code semantic} 512 and {@code emotions} 8, or for other encoders than the paper's {@code encoders}, by plugin
 * name {width, embedded: true unless it enters as it is, name, scale}</td></tr>
 * <tr><td>{@code encoder.wecl}</td><td>{@code segments} 16, {@code classes} 8, {@code stem} 64, {@code sound} true or
 * false</td></tr>
 * <tr><td>{@code encoder.tavar}</td><td>{@code stem} 64</td></tr>
 * <tr><td>{@code embedding.style-network}, {@code embedding.simclr}</td><td>{@code frames} 256, {@code channels}
 * [24,48,96,96], {@code width} 128; trained here, their plugin checks them</td></tr>
 * <tr><td>{@code embedding.vggish}, {@code embedding.panns} (Cnn14)</td><td>none</td></tr>
 * </table>
 */
public final class Architectures {
  /** VM-UNet. */
  public static final String DENOISER = "denoiser";

  /** The S-Control Branch; its tensors begin with {@code s_control.} */
  public static final String BRANCH = "branch";

  /** The Music VAE. */
  public static final String VAE = "vae";

  /** The HiFi-GAN vocoder. */
  public static final String HIFIGAN = "vocoder.hifigan";

  /** CLIP's image tower. */
  public static final String CLIP = "encoder.clip";

  /** TAVAR, picture aesthetics. */
  public static final String TAVAR = "encoder.tavar";

  /** CTEN, emotion. */
  public static final String WECL = "encoder.wecl";

  /** The fusion. */
  public static final String LAFF = "fusion.laff";

  /** VGGish. */
  public static final String VGGISH = "embedding.vggish";

  /** PANNs Cnn14 at 16 kHz. */
  public static final String CNN14 = "embedding.panns";

  private Architectures() {}
}
