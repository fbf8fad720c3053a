/** What is kept: cache entries, digests, the parts of a pack that belong to a plugin. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.graph.store;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
