/**
 * A space of affect that film and music share, so that a film can drive a model that never saw one.
 * Not in the paper, which trains on films with their music.
 */
@Export(attribute = "x-internal:=true")
@Version("1.1.0")
package maestro.affect;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
