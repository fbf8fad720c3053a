package maestro.runtime.tests.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maestro.api.control.StyleControl;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * A loop that takes one plugin again and again and notes when each result came, and from which
 * version. An answer has the results since the last one.
 */
@Component(service = Function.class, property = "probe=pulse")
public final class Pulse implements Function<Map<String, Object>, Map<String, Object>> {
  private final PluginRegistry registry;
  private final List<long[]> results = new ArrayList<>();
  private volatile boolean stopping;
  private volatile String failure = "";
  private Thread thread;

  @Activate
  public Pulse(@Reference PluginRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Map<String, Object> apply(Map<String, Object> call) {
    String name = (String) call.get("name");
    if (name != null) {
      Class<?> kind = name.startsWith("encoder") ? VisualEncoder.class : StyleControl.class;
      stopping = false;
      thread = new Thread(() -> loop(kind, name), "pulse");
      thread.start();
      return Map.of();
    }
    if (call.containsKey("stop")) {
      stopping = true;
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    synchronized (results) {
      Map<String, Object> answer =
          Map.of("results", results.toArray(long[][]::new), "failure", failure);
      results.clear(); // an answer that grows with the run would slow the loop it watches
      return answer;
    }
  }

  private void loop(Class<?> kind, String name) {
    try {
      while (!stopping) {
        try (PluginLease<?> lease = registry.lease(kind, name, Map.of())) {
          Probe.values(lease.service());
          long version = Version.parseVersion(lease.plugin().version()).getMicro();
          synchronized (results) {
            results.add(new long[] {System.nanoTime(), version});
          }
        }
      }
    } catch (RuntimeException | LinkageError e) {
      failure = e.toString();
    }
  }
}
