/**
 * What all of Maestro's contracts share: how a plugin is named, and how an error speaks to its
 * user.
 */
@Export
@Version("1.1.0")
package maestro.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
