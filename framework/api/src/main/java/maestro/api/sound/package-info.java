/** Sound, mel-spectrograms and vocoders (paper, section 3.3 and appendix C). */
@Export
@Version("1.0.0")
package maestro.api.sound;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
