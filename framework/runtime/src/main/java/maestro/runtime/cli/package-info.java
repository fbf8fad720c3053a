/** The command line and the commands of the host itself. */
package maestro.runtime.cli;
