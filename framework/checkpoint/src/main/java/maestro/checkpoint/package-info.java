/**
 * Published and own weights: safetensors files read through a memory map and written whole, PyTorch
 * archives read without running anything in them, and the rules that carry one naming to another.
 */
@Export
@Version("1.0.0")
package maestro.checkpoint;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
