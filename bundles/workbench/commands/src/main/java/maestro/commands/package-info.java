/** The commands that make scores, and each stage by itself. */
package maestro.commands;
