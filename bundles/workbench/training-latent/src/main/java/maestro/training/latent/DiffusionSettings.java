package maestro.training.latent;

import java.util.List;
import maestro.latent.vmunet.VideoConditioning;

/** Settings of the task {@code latent-diffusion}; numbers left out are AudioLDM-S's. */
final class DiffusionSettings {
  /** What is trained. */
  public enum Trains {
    /** VM-UNet and fusion (the paper's first stage). */
    UNET,
    /** The S-Control Branch beside a frozen VM-UNet (the paper's second stage). */
    BRANCH,
    /** All at once, from scratch: the way for little compute. Not in the paper. */
    ALL
  }

  /** What is trained. */
  public Trains trains = Trains.UNET;

  /** Width of the finest level. */
  public int modelChannels = 128;

  /** Width of each level, finest first. */
  public List<Integer> multipliers = List.of(1, 2, 3, 5);

  /** Residual blocks a level. */
  public int resBlocks = 2;

  /** Levels with transformers. */
  public List<Integer> attentionLevels = List.of(1, 2, 3);

  /** Channels of an attention head. */
  public int headChannels = 32;

  /**
   * How the film condition enters VM-UNet; CROSS_ATTENTION leaves the keys and values of every
   * second attention new when the weights to begin with are AudioLDM's.
   */
  public VideoConditioning videoConditioning = VideoConditioning.CROSS_ATTENTION;

  /** Width of the film condition. */
  public int filmWidth = 512;

  /** Whether the fused condition has length 1. */
  public boolean normalise = true;

  /** Whether a composer's name takes part in the condition. */
  public boolean composers = true;

  /** Widths of the convolutions before the branch's pyramid. */
  public List<Integer> preWidths = List.of(64, 128);

  /** Rank of the branch's low-rank adapters; 0 trains the branch itself. */
  public int loraRank;

  /** Mel frames of a piece; a multiple of 32. */
  public int frames = 1024;

  /**
   * Most that the error of an example counts: 1 + 1/SNR of its timestep, up to this. 1 is the
   * paper's loss of ε, in which timesteps of much noise hardly count; a high limit is the loss of v
   * (Salimans and Ho 2022), in which those that decide structure and follow controls do.
   */
  public double noiseWeightLimit = 1;

  /**
   * Deviation of noise that is constant in time, once for each channel and once for each channel
   * and band, added to ε. In music whose mean is seen through the noise of the last timestep, which
   * white noise hardly hides, a model learns to read its level and its timbre there, and at
   * inference takes them from the first noise and not from what it is asked for (Lin et al. 2024,
   * "Common Diffusion Noise Schedules and Sample Steps are Flawed"; the remedy is known as offset
   * noise). 0 is the paper's white noise.
   */
  public double noiseOffset;

  /**
   * Deviation of the noise on each figure of affect, which lie in −1 … 1. Measured in the very
   * piece, affect tells more of a sound than a film's ever can, and a model that believes it has no
   * need of the composer, or of a dynamics control that says otherwise.
   */
  public double affectNoise;

  /** Share of examples whose condition is dropped. */
  public double conditionDropping = 0.1;

  /** Share of the others whose composer is. */
  public double composerDropping = 0.3;

  /** Pieces of a validation. */
  public int validationPieces = 32;
}
