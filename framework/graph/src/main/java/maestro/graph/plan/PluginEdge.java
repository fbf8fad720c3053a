package maestro.graph.plan;

import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.graph.plan.Plan.Planned;

/**
 * Where the host calls a plugin: whatever goes wrong there names the plugin and its jar, and is no
 * fault of the program or of a neighbour.
 */
public final class PluginEdge {
  private PluginEdge() {}

  /** Calls a node, and checks that it gives what it says it gives. */
  public static Values call(Planned node, Supplier<Values> call) {
    Values values;
    try {
      values = call.get();
    } catch (MaestroException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw new MaestroException(
          Kind.RESOURCE,
          name(node),
          "it needs more memory than there is (" + e.getMessage() + ")",
          "give the process more with MAESTRO_OPTS=-Xmx..., or take the plugin out",
          e);
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          name(node),
          "it failed with " + reason(e),
          "take it out of the recipe, or report it to its author with what --verbose shows",
          e);
    }
    if (values == null) {
      throw wrong(node, "it gave nothing at all");
    }
    for (Port port : node.node().outputs()) {
      for (Object value : values.port(port.name()).values()) {
        if (!port.kind().type().isInstance(value)) {
          throw wrong(
              node,
              "its output "
                  + port.name()
                  + " is "
                  + (value == null ? "missing" : "a " + value.getClass().getSimpleName())
                  + " where a "
                  + port.kind()
                  + " was promised");
        }
      }
    }
    return values;
  }

  private static MaestroException wrong(Planned node, String cause) {
    return new MaestroException(
        Kind.CONFIGURATION,
        name(node),
        cause,
        "take it out of the recipe, or report it to its author");
  }

  private static String name(Planned node) {
    PluginDescription plugin = node.lease().plugin();
    return plugin.name() + " (" + plugin.bundle() + " " + plugin.version() + ")";
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    String type = e.getClass().getSimpleName();
    return message == null || message.isBlank()
        ? type
        : type + ": " + message.lines().findFirst().orElse("");
  }
}
