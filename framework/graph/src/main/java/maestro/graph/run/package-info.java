/** Runs: the values of a plan made, kept, written down as a result. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.graph.run;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
