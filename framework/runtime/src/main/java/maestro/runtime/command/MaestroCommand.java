package maestro.runtime.command;

import java.util.concurrent.Callable;
import maestro.api.MaestroException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command of {@code maestro}: a picocli {@code @Command} class registered as a prototype
 * component. The component's name must be its class name, which is the default.
 */
@ConsumerType
public interface MaestroCommand extends Callable<Integer> {
  /**
   * Runs the command.
   *
   * @return the exit code, 0 for success
   * @throws MaestroException with the kind that decides the exit code
   */
  @Override
  default Integer call() {
    throw new MaestroException(
        MaestroException.Kind.USAGE,
        "maestro",
        "this command is a group",
        "add one of its subcommands, see --help");
  }
}
