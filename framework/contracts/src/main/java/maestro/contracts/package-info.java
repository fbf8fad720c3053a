/** The conformance kit: one abstract test class for each kind of plugin. */
package maestro.contracts;
