/**
 * Networks: written once as DJL blocks, run by ONNX Runtime or by DJL with PyTorch, seen by plugins
 * as functions from named tensors to named tensors.
 */
@Export
@Version("1.1.0")
package maestro.tensor;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
