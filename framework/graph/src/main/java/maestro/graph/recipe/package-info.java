/** Recipes: what is wanted, read from JSON, with bases folded in. */
@Export(attribute = "x-internal:=true")
@Version("1.0.0")
package maestro.graph.recipe;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
