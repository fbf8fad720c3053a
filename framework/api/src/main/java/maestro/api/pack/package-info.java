/** Model packs: folders of weights with a description. */
@Export
@Version("1.0.0")
package maestro.api.pack;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
