/** Names that come from files nobody vouches for: where they may lead, and how they are shown. */
@Export
@Version("1.0.0")
package maestro.files.names;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
