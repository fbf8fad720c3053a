/**
 * Evaluation: metrics over sets of clips, with intervals, paired tests, tables, baselines and
 * experiments.
 */
package maestro.evaluation;
