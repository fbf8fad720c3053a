/** Quantiles, ranks, correlations and corrections of tests: pure functions on arrays. */
@Export
@Version("1.1.0")
package maestro.statistics;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
