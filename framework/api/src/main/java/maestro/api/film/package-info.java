/** The film side (paper, section 3.1): frames in, one film condition out. */
@Export
@Version("1.2.0")
package maestro.api.film;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
