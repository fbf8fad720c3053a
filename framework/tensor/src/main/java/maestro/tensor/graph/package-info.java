/**
 * The recorder: a DJL block runs once on recorded arrays, and what it did becomes a graph of
 * operators, which a back end writes for its runtime.
 */
package maestro.tensor.graph;
