/**
 * The compiler: a DJL block runs once on recorded arrays, and what it did becomes an ONNX graph for
 * ONNX Runtime.
 */
package maestro.tensor.onnx;
