/** Latents, the noise schedule, denoisers, codecs and samplers (paper, sections 3.2 and 4.1). */
@Export
@Version("1.3.0")
package maestro.api.latent;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
