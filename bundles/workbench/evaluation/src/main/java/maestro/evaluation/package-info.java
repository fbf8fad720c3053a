/**
 * Evaluation: metrics over sets of clips, with intervals, paired tests, tables, baselines and
 * experiments.
 */
@Export
@Version("1.0.0")
package maestro.evaluation;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
