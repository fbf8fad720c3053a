/** Networks run as they are written, by DJL with PyTorch. */
package maestro.tensor.torch;
