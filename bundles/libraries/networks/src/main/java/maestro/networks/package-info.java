/**
 * Networks that plugins and trainings share: layers whose parameters carry the names of a published
 * checkpoint, residual networks in two and three dimensions, lightweight attentional feature
 * fusion, and a small network that hears musical style.
 */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.networks;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
