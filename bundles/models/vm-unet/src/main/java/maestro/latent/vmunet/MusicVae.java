package maestro.latent.vmunet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import maestro.tensor.nn.Functions;
import maestro.tensor.nn.NamedBlock;

/**
 * The Music VAE as a whole, for training: AudioLDM's KL autoencoder (paper, section 3.2).
 * Parameters carry AudioLDM's own names without {@code first_stage_model.}; for runs its halves are
 * compiled by themselves.
 *
 * <p>Inputs: mel {@code [B, 1, T, F]} and standard normal noise {@code [B, 8, T/4, F/4]}. Outputs:
 * reconstruction, means and logarithms of the variances, the latter within −30 … 20.
 */
public final class MusicVae extends NamedBlock {
  /** Added to the variance by every normalisation of the VAE. */
  static final float EPSILON = 1e-6f;

  private final VaeEncoder encoder;
  private final VaeDecoder decoder;

  /** Builds the VAE without arrays. */
  public MusicVae(VaeConfig config) {
    encoder = child("", new VaeEncoder(config));
    decoder = child("", new VaeDecoder(config));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDList moments = encoder.apply(store, inputs.get(0), training).split(2, 1);
    NDArray mean = moments.get(0);
    NDArray logVariance = Functions.within(moments.get(1), -30, 20);
    NDArray z = mean.add(Functions.times(logVariance, 0.5f).exp().mul(inputs.get(1)));
    return new NDList(decoder.apply(store, z, training), mean, logVariance);
  }
}
