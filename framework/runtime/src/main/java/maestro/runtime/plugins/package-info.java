/** Plugins: what is on, with which settings, and in whose hands. */
package maestro.runtime.plugins;
