package @package@;

import maestro.api.latent.Sampler;
import maestro.contracts.SamplerContract;

/** What the host expects of every sampler; add the numbers you know. */
final class @class@Test extends SamplerContract {
  @Override
  protected Sampler sampler(int steps) {
    return new @class@(steps);
  }
}
