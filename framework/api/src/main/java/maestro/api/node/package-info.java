/**
 * The generation graph's own terms: nodes with typed ports, the kinds of values that flow between
 * them, and roles, which say how a plugin of another kind is a node.
 */
@Export
@Version("1.0.0")
package maestro.api.node;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
