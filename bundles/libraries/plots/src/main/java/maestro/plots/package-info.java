/** Pictures of a film's features, for people. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.plots;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
