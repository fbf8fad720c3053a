/**
 * The latent diffusion model of mel-spectrograms as DJL blocks, and the service that runs it
 * (paper, section 3.2).
 */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.latent.vmunet;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
