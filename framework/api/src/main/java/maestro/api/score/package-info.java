/** The result of a run. */
@Export
@Version("1.0.0")
package maestro.api.score;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
