/**
 * Model packs as folders: {@code pack.json} and safetensors files.
 *
 * <pre>{@code
 * {
 *   "name": "starter",
 *   "description": "Small networks trained on free music.",
 *   "licence": "CC-BY-4.0",
 *   "origin": ["trained by maestro train, run 7f3a…"],
 *   "training": "OpenGameArt and Jamendo, 41 h",
 *   "untrained": false,
 *   "parts": {
 *     "vae": {
 *       "weights": "vae.safetensors",
 *       "bytes": 221507492,
 *       "sha256": "…",
 *       "architecture": {"channels": 128, "scaleFactor": 0.9392935633659363}
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Parts and their architecture numbers are those of {@link maestro.packs.Architectures}.
 */
@Export(attribute = "x-internal:=true")
@Version("1.2.0")
package maestro.packs;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
