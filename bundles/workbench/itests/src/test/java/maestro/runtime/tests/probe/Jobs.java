package maestro.runtime.tests.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.PackRepository;
import maestro.api.run.RunContext;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Jobs that go on while plugins come and go. Each takes a plugin, uses it several times and checks
 * every result: a plugin may be refused when it is off, but what was leased must work to the end of
 * the lease and give the numbers of its version.
 */
@Component(service = Function.class, property = "probe=jobs")
public final class Jobs implements Function<Map<String, Object>, Map<String, Object>> {
  private final BundleContext context;
  private final PluginRegistry registry;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
  private final Set<ClassLoader> loaders =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final AtomicLong loadersSeen = new AtomicLong();
  private final Map<String, float[]> references = new HashMap<>();
  private volatile boolean stopping;

  private volatile RunContext run = new QuietRun(null);

  @Activate
  public Jobs(BundleContext context, @Reference PluginRegistry registry) {
    this.context = context;
    this.registry = registry;
  }

  @Override
  @SuppressWarnings("unchecked")
  public Map<String, Object> apply(Map<String, Object> call) {
    return switch ((String) call.get("op")) {
      case "pack" -> pack((String) call.get("name"));
      case "start" -> start((Integer) call.get("threads"), (List<String>) call.get("names"));
      case "stop" -> stop();
      case "counts" -> counts();
      default -> throw new IllegalArgumentException(String.valueOf(call.get("op")));
    };
  }

  /** The pack of all jobs to come. */
  private Map<String, Object> pack(String name) {
    ServiceReference<PackRepository> packs = context.getServiceReference(PackRepository.class);
    run = new QuietRun(context.getService(packs).open(name));
    context.ungetService(packs);
    return Map.of();
  }

  private Map<String, Object> start(int count, List<String> names) {
    stopping = false;
    for (int i = 0; i < count; i++) {
      long seed = i;
      Thread thread = new Thread(() -> work(new Random(seed), names), "job " + i);
      threads.add(thread);
      thread.start();
    }
    return Map.of();
  }

  private Map<String, Object> stop() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join(30_000);
        if (thread.isAlive()) {
          wrong.add("deadlock: " + Arrays.toString(thread.getStackTrace()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.clear();
    references.clear();
    return counts();
  }

  private Map<String, Object> counts() {
    return Map.of(
        "done", done.get(),
        "refused", refused.get(),
        "wrong", List.copyOf(wrong),
        "loadersSeen", loadersSeen.get(),
        "loadersAlive", loaders.size(),
        "alive", List.copyOf(loaders).toString());
  }

  private void work(Random random, List<String> names) {
    while (!stopping) {
      String name = names.get(random.nextInt(names.size()));
      try {
        job(random, name);
        done.incrementAndGet();
      } catch (MaestroException e) {
        boolean isOff =
            e.kind() == MaestroException.Kind.CONFIGURATION
                && e.getMessage()
                    .matches(
                        ".* (is not installed|is switched off|is installed but waits for .*); .*");
        if (isOff) {
          refused.incrementAndGet();
          pause(random, 2);
        } else {
          wrong.add(e.toString());
        }
      } catch (RuntimeException | LinkageError e) {
        wrong.add(name + ": " + e + " " + Arrays.toString(e.getStackTrace()));
      }
    }
  }

  private void job(Random random, String name) {
    Class<?> kind =
        switch (name.split("\\.")[0]) {
          case "fusion" -> maestro.api.film.FeatureFusion.class;
          case "encoder" -> maestro.api.film.VisualEncoder.class;
          case "control" -> maestro.api.control.StyleControl.class;
          default -> maestro.api.latent.Sampler.class;
        };
    Map<String, Object> settings =
        switch (name) {
          case "encoder.toy" ->
              random.nextBoolean() ? Map.of() : Map.of("scale", 1 + random.nextInt(4));
          case "encoder.clip" -> Map.of("width", 16, "batch", 1 + random.nextInt(2));
          case "fusion.concat" -> Map.of("width", 48 + random.nextInt(2));
          case "sampler.toy", "sampler.ddim" -> Map.of("steps", 1 + random.nextInt(4));
          default -> Map.of();
        };
    try (PluginLease<?> lease = registry.lease(kind, name, settings)) {
      if (loaders.add(lease.service().getClass().getClassLoader())) {
        loadersSeen.incrementAndGet();
      }
      for (int use = 1 + random.nextInt(4); use > 0; use--) {
        check(name, lease, Probe.values(lease.service(), run));
        pause(random, 3);
      }
    }
  }

  private void check(String name, PluginLease<?> lease, float[] values) {
    float version = Version.parseVersion(lease.plugin().version()).getMicro();
    float[] expected =
        switch (name) {
          case "encoder.toy" ->
              new float[] {version, ((Integer) lease.settings().get("scale")) * 0.5f};
          case "control.toy" -> filled(20, version);
          case "sampler.toy" -> halved((Integer) lease.settings().get("steps"), version);
          default -> reference(name + lease.settings(), values);
        };
    if (!Arrays.equals(expected, values)) {
      wrong.add(name + " " + lease.plugin().version() + ": " + Arrays.toString(values));
    }
  }

  /** Real plugins give the same bits in every version, since only their version differs. */
  private float[] reference(String key, float[] values) {
    synchronized (references) {
      return references.computeIfAbsent(key, first -> values);
    }
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  private static float[] halved(int steps, float version) {
    float[] values = new float[16];
    for (int i = 0; i < 16; i++) {
      values[i] = i / 8f - 1;
      for (int s = 0; s < steps; s++) {
        values[i] /= 2;
      }
      values[i] += version;
    }
    return values;
  }

  private static void pause(Random random, int millis) {
    try {
      Thread.sleep(random.nextInt(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
