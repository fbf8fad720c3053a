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
  static <T> T find(BundleContext context, Class<T> type, String role) {
    try {
      for (ServiceReference<T> reference :
          context.getServiceReferences(type, "(maestro.role=" + role + ")")) {
        T service = context.getService(reference);
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
