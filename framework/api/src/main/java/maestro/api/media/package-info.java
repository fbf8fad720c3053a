/** Reading films and sounds from files, and writing them. */
@Export
@Version("1.2.0")
package maestro.api.media;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
