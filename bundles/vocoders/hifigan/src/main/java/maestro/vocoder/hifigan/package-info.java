/** HiFi-GAN as a DJL block, and the vocoder that runs it (paper, section 3.3). */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.vocoder.hifigan;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
