package maestro.launcher;

import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What the host inside the framework offers to the launcher: services of JDK types with a role. */
final class HostServices {
  private HostServices() {}

  /**
   * The service with the property {@code maestro.role}.
   *
   * @throws LaunchException when there is none
   */
  static Object find(BundleContext context, String role) {
    try {
      ServiceReference<?>[] all =
          context.getAllServiceReferences(null, "(maestro.role=" + role + ")");
      for (ServiceReference<?> reference : all == null ? new ServiceReference<?>[0] : all) {
        Object service = context.getService(reference);
        if (service != null) {
          return service;
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    throw new LaunchException(
        "maestro.runtime",
        "offers no " + role,
        "check that the features list maestro.runtime and what it needs");
  }
}
