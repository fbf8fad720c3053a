package maestro.training.latent;

import java.util.List;
import maestro.api.MaestroException;
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

  /**
   * Whether a pack's denoiser, fusion and branch are what the training begins with. Then they bring
   * their numbers, and the recipe may leave them out but not contradict them. False begins with new
   * weights of the numbers given here, and takes the autoencoder alone.
   */
  public boolean fromPack = true;

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

  /**
   * Share of the controls that take part of which a span of time is dropped, as a curve is that
   * somebody has specified in part: it begins anywhere and is as long as chance has it. Not in the
   * paper.
   */
  public double spanDropping;

  /** Pieces of a validation at most; never more than the data held out has room for. */
  public int validationPieces = 32;

  /**
   * Checks the numbers that the networks do not check themselves.
   *
   * @param films whether films are looked at
   */
  void check(boolean films) {
    require(noiseWeightLimit >= 1, "noiseWeightLimit", noiseWeightLimit, "make it 1 or more");
    require(affectNoise >= 0, "affectNoise", affectNoise, "set it to 0 or more");
    require(
        affectNoise == 0 || !films,
        "affectNoise",
        affectNoise + " and films are looked at",
        "set it to 0, or leave encoders out of the recipe");
    share("noiseOffset", noiseOffset);
    share("spanDropping", spanDropping);
    share("conditionDropping", conditionDropping);
    share("composerDropping", composerDropping);
    require(validationPieces >= 1, "validationPieces", validationPieces, "make it 1 or more");
    require(headChannels >= 1, "headChannels", headChannels, "make it 1 or more");
    require(loraRank >= 0, "loraRank", loraRank, "make it 0 or more");
  }

  private static void share(String name, double value) {
    require(value >= 0 && value <= 1, name, value, "set it from 0 to 1");
  }

  private static void require(boolean fine, String name, Object value, String next) {
    if (!fine) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training latent-diffusion",
          name + " is " + value,
          next);
    }
  }
}
