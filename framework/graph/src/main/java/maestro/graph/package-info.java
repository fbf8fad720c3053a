/**
 * From a recipe to a score: recipes are resolved and checked as a whole, become a graph of stages,
 * and run with a cache, progress, cancel, a journal and a provenance manifest.
 */
@Export
@Version("1.1.0")
package maestro.graph;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
