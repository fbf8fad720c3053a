/** {@code maestro bench}: what the networks of a pack cost on this machine. */
package maestro.bench;
