/**
 * Signal mathematics of the audio front ends: pure functions on float and double arrays, and the
 * log-mel front end built of them.
 */
@Export
@Version("1.2.0")
package maestro.signal;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
