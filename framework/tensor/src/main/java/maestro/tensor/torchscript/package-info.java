/**
 * The back end that writes recorded graphs as TorchScript for PyTorch: one module a network, in
 * bfloat16 and with channels last in memory where that is faster and does no harm.
 */
package maestro.tensor.torchscript;
