/** Music to train on: tracks of a manifest with their mels, controls and waveforms, made once. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.training.corpus;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
