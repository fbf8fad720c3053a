/**
 * The trainer: what a task of training is, and the loop, optimiser, averages and checkpoints that
 * all tasks share.
 */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.training;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
