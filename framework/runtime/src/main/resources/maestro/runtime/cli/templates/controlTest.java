package @package@;

import maestro.api.control.StyleControl;
import maestro.contracts.StyleControlContract;

/** What the host expects of every control; add the numbers you know. */
final class @class@Test extends StyleControlContract {
  @Override
  protected StyleControl control() {
    return new @class@();
  }
}
