/**
 * Building blocks of networks on top of DJL: blocks whose parameter names are those of published
 * checkpoints, and whose shapes are known without an engine.
 */
@Export
@Version("1.0.0")
package maestro.tensor.nn;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
