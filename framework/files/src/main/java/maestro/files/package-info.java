/** Files of any content, each means once: JSON, digests, whole files, folders, the home folder. */
@Export
@Version("1.1.0")
package maestro.files;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
