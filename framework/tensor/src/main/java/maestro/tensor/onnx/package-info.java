/** The back end that writes recorded graphs for ONNX Runtime. */
package maestro.tensor.onnx;
