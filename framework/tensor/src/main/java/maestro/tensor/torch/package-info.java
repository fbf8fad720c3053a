/** Networks run as they are written, by DJL with PyTorch, and what PyTorch has that DJL lacks. */
@Export
@Version("1.0.0")
package maestro.tensor.torch;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
