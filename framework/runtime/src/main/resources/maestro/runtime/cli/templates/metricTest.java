package @package@;

import maestro.api.metric.Metric;
import maestro.contracts.MetricContract;

/** What the host expects of every metric; add the numbers you know. */
final class @class@Test extends MetricContract {
  @Override
  protected Metric metric() {
    return new @class@();
  }
}
