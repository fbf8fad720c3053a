/**
 * Style controls: local, time-aligned conditions such as melody and dynamics (paper, section
 * 3.2.2).
 */
@Export
@Version("1.2.0")
package maestro.api.control;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
