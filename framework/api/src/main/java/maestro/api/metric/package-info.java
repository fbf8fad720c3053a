/** Metrics and the embedding networks they rest on (paper, section 4.2). */
@Export
@Version("1.3.0")
package maestro.api.metric;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
