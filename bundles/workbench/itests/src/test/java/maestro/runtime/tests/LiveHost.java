package maestro.runtime.tests;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import maestro.launcher.FrameworkHost;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** The host in whichever framework is on the class path, with the probe in it. */
final class LiveHost implements AutoCloseable {
  private final FrameworkHost host;
  private final Path home;

  /** What a command did. */
  record Outcome(int code, String out, String err) {}

  LiveHost(Path home, Map<String, String> properties, List<Path> features) throws Exception {
    this.home = home;
    host = FrameworkHost.start(PluginJars.DISTRIBUTION, home, features, properties);
    Path probe = PluginJars.build(home.resolve("probe"), "probe", "maestro.runtime.tests.probe");
    context().installBundle(probe.toUri().toString()).start();
  }

  LiveHost(Path home, Map<String, String> properties) throws Exception {
    this(home, properties, List.of());
  }

  LiveHost(Path home) throws Exception {
    this(home, Map.of());
  }

  /** A host whose distribution ships bundles of the build. */
  static LiveHost shipping(Path home, List<String> bundles) throws Exception {
    return new LiveHost(home, Map.of(), PluginJars.features(home.resolve("shipped"), bundles));
  }

  BundleContext context() {
    return host.context();
  }

  Path plugins() {
    return home.resolve("plugins");
  }

  /** Runs a command as the launcher does. */
  Outcome maestro(String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome = maestroInto(out, arguments);
    return new Outcome(outcome.code, out.toString(StandardCharsets.UTF_8), outcome.err);
  }

  /** Runs a command whose output goes elsewhere. */
  synchronized Outcome maestroInto(OutputStream to, String... arguments) throws Exception {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(to, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      @SuppressWarnings("unchecked")
      BiFunction<String[], OutputStream[], Integer> commandLine =
          (BiFunction<String[], OutputStream[], Integer>)
              service("java.util.function.BiFunction", "(maestro.role=command-line)");
      int code = commandLine.apply(arguments, new OutputStream[] {System.out, System.err});
      return new Outcome(code, "", errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Calls a probe inside the framework. */
  @SuppressWarnings("unchecked")
  Map<String, Object> probe(String probe, Object... keysAndValues) throws Exception {
    Map<String, Object> call = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      call.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return ((Function<Map<String, Object>, Map<String, Object>>)
            service("java.util.function.Function", "(probe=" + probe + ")"))
        .apply(call);
  }

  Bundle bundle(String name) {
    Bundle found = null;
    for (Bundle bundle : context().getBundles()) {
      if (name.equals(bundle.getSymbolicName())) {
        found = bundle;
      }
    }
    return found;
  }

  private Object service(String type, String filter) throws Exception {
    ServiceReference<?>[] references = context().getAllServiceReferences(type, filter);
    if (references == null) {
      throw new IllegalStateException("no service " + filter);
    }
    return context().getService(references[0]);
  }

  @Override
  public void close() {
    host.close();
  }
}
