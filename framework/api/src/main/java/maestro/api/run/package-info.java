/**
 * What a stage is given for one run: progress, cancel, device, seed, model pack; and where a result
 * came from.
 */
@Export
@Version("1.2.0")
package maestro.api.run;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
