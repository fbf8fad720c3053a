package maestro.runtime.bundles;

import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * What the launcher, which is outside the framework, and the host offer to each other: services of
 * JDK types with a role.
 */
public final class Launcher {
  private Launcher() {}

  /** The service with the property {@code maestro.role}, if the launcher offers it. */
  public static <T> Optional<T> offered(BundleContext context, Class<T> type, String role) {
    try {
      for (ServiceReference<T> reference :
          context.getServiceReferences(type, "(maestro.role=" + role + ")")) {
        return Optional.ofNullable(context.getService(reference));
      }
      return Optional.empty();
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Offers a service to the launcher. */
  public static <T> void offer(BundleContext context, Class<T> type, T service, String role) {
    context.registerService(type, service, new Hashtable<>(Map.of("maestro.role", role)));
  }
}
