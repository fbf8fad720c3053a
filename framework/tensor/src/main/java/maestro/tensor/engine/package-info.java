/** The engine the host chose. */
package maestro.tensor.engine;
