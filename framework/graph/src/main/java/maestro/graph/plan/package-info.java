/** Plans: a recipe's nodes, wired by kind and checked as a whole. */
package maestro.graph.plan;
