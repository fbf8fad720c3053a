/** Devices of engines. */
package maestro.tensor.device;
