package @package@;

import maestro.api.film.VisualEncoder;
import maestro.contracts.VisualEncoderContract;

/** What the host expects of every encoder; add the numbers you know. */
final class @class@Test extends VisualEncoderContract {
  @Override
  protected VisualEncoder encoder() {
    return new @class@(2);
  }
}
