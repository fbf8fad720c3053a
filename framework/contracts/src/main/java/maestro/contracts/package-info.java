/** The conformance kit: one abstract test class for each kind of plugin. */
@Export
@Version("2.0.0")
package maestro.contracts;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
