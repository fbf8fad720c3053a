/**
 * The back end that writes recorded graphs as TorchScript for PyTorch: one module a network, in
 * bfloat16 and with channels last in memory where that is faster and does no harm.
 */
@Export
@Version("1.0.0")
package maestro.tensor.torchscript;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
