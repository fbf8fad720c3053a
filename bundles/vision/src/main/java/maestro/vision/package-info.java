/**
 * What the networks of the film side share: layers whose parameters carry the names of a published
 * checkpoint, residual networks in two and three dimensions, and lightweight attentional feature
 * fusion.
 */
@Export
@Version("1.0.0")
package maestro.vision;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
