package maestro.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A started framework, seen from outside. There are two copies of the launcher's classes, and this
 * one sees the framework: only JDK types cross over. As a function it gives the host's service of a
 * role, see {@link HostServices}.
 */
public final class FrameworkRun implements Function<String, Object>, AutoCloseable {
  private final FrameworkHost host;

  private FrameworkRun(FrameworkHost host) {
    this.host = host;
  }

  /** Starts a framework. */
  public static FrameworkRun start(
      Path distribution, Path home, List<Path> features, Map<String, String> properties) {
    return new FrameworkRun(FrameworkHost.start(distribution, home, features, properties));
  }

  @Override
  public Object apply(String role) {
    return HostServices.find(host.context(), role);
  }

  @Override
  public void close() {
    host.close();
  }
}
