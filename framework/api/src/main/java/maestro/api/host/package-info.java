/**
 * What the host offers to the parts that use plugins: finding one, and holding on to it for as long
 * as a job runs.
 */
@Export
@Version("1.4.0")
package maestro.api.host;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
