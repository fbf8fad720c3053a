package maestro.runtime.plugins;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;

/**
 * Services in the hands of several jobs. The framework is asked when the first job comes and told
 * when the last one goes, one after the other for each service: frameworks are not to be trusted
 * when a last release and a first request meet.
 */
final class SharedServices {
  private final BundleContext context;
  private final Map<ServiceReference<?>, Share> shares = new ConcurrentHashMap<>();

  private static final class Share {
    private Object service;
    private int users;
    private boolean over;
  }

  SharedServices(BundleContext context) {
    this.context = context;
  }

  /**
   * Takes a service; one of prototype scope is made for this caller alone.
   *
   * @return the service, or null when it has gone or could not be made
   */
  <T> T take(ServiceReference<T> reference) {
    if (isPrototype(reference)) {
      ServiceObjects<T> objects = context.getServiceObjects(reference);
      return objects == null ? null : objects.getService();
    }
    while (true) {
      Share share = shares.computeIfAbsent(reference, first -> new Share());
      synchronized (share) {
        if (share.over) {
          continue;
        }
        if (share.users == 0) {
          share.service = context.getService(reference);
          if (share.service == null) {
            end(reference, share);
            return null;
          }
        }
        share.users++;
        @SuppressWarnings("unchecked") // the framework gave it for this reference
        T service = (T) share.service;
        return service;
      }
    }
  }

  /** Gives a service back. */
  <T> void giveBack(ServiceReference<T> reference, T service) {
    if (isPrototype(reference)) {
      ServiceObjects<T> objects = context.getServiceObjects(reference);
      if (objects != null) {
        objects.ungetService(service);
      }
      return;
    }
    Share share = shares.get(reference);
    synchronized (share) {
      if (--share.users == 0) {
        context.ungetService(reference);
        end(reference, share);
      }
    }
  }

  private void end(ServiceReference<?> reference, Share share) {
    share.service = null;
    share.over = true;
    shares.remove(reference, share);
  }

  private static boolean isPrototype(ServiceReference<?> reference) {
    return Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE));
  }
}
