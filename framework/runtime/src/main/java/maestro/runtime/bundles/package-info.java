/**
 * Live operations on bundles: install, update, stop, start, uninstall, and why something is as it
 * is.
 */
package maestro.runtime.bundles;
