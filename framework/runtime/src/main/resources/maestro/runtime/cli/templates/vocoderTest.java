package @package@;

import maestro.api.sound.Vocoder;
import maestro.contracts.VocoderContract;

/** What the host expects of every vocoder; add the numbers you know. */
final class @class@Test extends VocoderContract {
  @Override
  protected Vocoder vocoder() {
    return new @class@();
  }
}
