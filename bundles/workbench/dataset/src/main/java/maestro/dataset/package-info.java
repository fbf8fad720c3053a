/** Datasets: a manifest of clips, the rules that cut films into clips, splits and reports. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.dataset;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
