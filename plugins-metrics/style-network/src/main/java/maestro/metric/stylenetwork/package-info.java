/** A small network that hears musical style, and the embeddings made with it. */
@Export
@Version("1.0.0")
package maestro.metric.stylenetwork;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
