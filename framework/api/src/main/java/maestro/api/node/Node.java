package maestro.api.node;

import java.util.List;
import java.util.Map;
import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One thing done in the generation graph. A plugin may offer a node as its service; encoders,
 * controls, samplers and the other kinds are turned into nodes by their {@link Role}.
 *
 * <p>A node says what it takes and gives; the planner wires it, the runner calls it once for each
 * value of its outputs' extent, keeps what can be kept, and never calls it when the result is
 * known. So a result may depend on nothing but the inputs, the plugin's settings and the parts of
 * the pack it declares; all randomness comes from an input of kind {@code noise}. Calls of one node
 * follow each other; several nodes may run at once.
 */
@ConsumerType
public interface Node {
  /** What it takes; ports of one name take one kind. */
  List<Port> inputs();

  /** What it gives, at least one port, all of one extent. */
  List<Port> outputs();

  /**
   * Does its work for one value of its outputs.
   *
   * @param in a value for each wired input
   * @return a value for each output
   * @throws maestro.api.MaestroException when it cannot
   */
  Values run(Values in, NodeContext run);

  /**
   * Refuses a wiring that cannot work, before anything runs. Reads no weights.
   *
   * @param wired ids of the nodes each input is wired to, by port
   * @param run device and pack
   * @throws maestro.api.MaestroException of kind CONFIGURATION that says what does not fit
   */
  default void check(Map<String, List<String>> wired, RunContext run) {}

  /** Version of what it computes: raised when the same inputs give other bits. */
  default int version() {
    return 1;
  }
}
