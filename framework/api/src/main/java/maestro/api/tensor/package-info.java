/**
 * Plain float tensors and named sets of them: what stages exchange with files and with each other.
 */
@Export
@Version("1.0.0")
package maestro.api.tensor;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
