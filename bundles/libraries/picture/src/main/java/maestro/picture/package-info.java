/**
 * Picture arithmetic as pure functions: the resizing rules of Pillow and OpenCV to the bit, crops,
 * and the step from 8-bit pixels to the normalised tensor a network wants.
 */
@Export
@Version("1.0.0")
package maestro.picture;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
