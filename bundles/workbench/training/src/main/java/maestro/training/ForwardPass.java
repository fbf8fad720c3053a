package maestro.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.List;
import maestro.tensor.NotCompilableException;
import maestro.tensor.torchscript.CompiledBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block's forward pass: one TorchScript module where the training computes so and the block can
 * be compiled, else step by step. Used by one thread.
 */
public final class ForwardPass implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardPass.class);

  private final String name;
  private final Block block;
  private final boolean training;
  private CompiledBlock compiled; // null for step by step

  /**
   * A forward pass.
   *
   * @param name of the network in messages
   * @param block with its parameters initialised
   * @param outputs names of the arrays it returns
   * @param training whether the block runs as in training, else as in use
   * @param manager owns what stays between two passes
   */
  ForwardPass(
      String name,
      Block block,
      List<String> outputs,
      boolean training,
      NDManager manager,
      Computing computing) {
    this.name = name;
    this.block = block;
    this.training = training;
    compiled =
        computing.compiled()
            ? new CompiledBlock(name, block, outputs, manager, training, computing.half())
            : null;
  }

  /**
   * Runs it.
   *
   * @param store gives the parameters' arrays
   * @param inputs the first one's manager owns the outputs
   */
  public NDList run(ParameterStore store, NDList inputs) {
    if (compiled != null) {
      try {
        return compiled.forward(store, inputs);
      } catch (NotCompilableException e) {
        LOG.warn("{} trains step by step: {}", name, e.getMessage());
        close();
      }
    }
    Computing.requireRightConvolutions(name);
    return block.forward(store, inputs, training);
  }

  @Override
  public void close() {
    if (compiled != null) {
      compiled.close();
      compiled = null;
    }
  }
}
