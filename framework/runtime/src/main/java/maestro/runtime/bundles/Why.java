package maestro.runtime.bundles;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maestro.runtime.plugins.Explanations;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says why a bundle is as it is. */
@Component(service = Why.class)
public final class Why {
  private final BundleContext context;
  private final BundleManager bundles;
  private final BundleLeases leases;
  private final Explanations explanations;

  /**
   * What is known of a bundle.
   *
   * @param bundle symbolic name
   * @param version its version
   * @param state {@code on}, {@code off}, {@code waiting} (for something it needs) or {@code
   *     leaving} (for its last job)
   * @param signer who signed its file, or {@code none}
   * @param digest SHA-256 of its file
   * @param provides packages and services it offers
   * @param needs packages it gets from other bundles
   * @param waitsFor what keeps it or a part of it from running
   * @param affects what would be disturbed if it went
   */
  public record Answer(
      String bundle,
      String version,
      String state,
      String signer,
      String digest,
      List<String> provides,
      List<String> needs,
      List<String> waitsFor,
      List<String> affects) {
    /** For people. */
    public List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add(bundle + " " + version + " is " + state);
      add(lines, "waits for", waitsFor);
      add(lines, "provides", provides);
      add(lines, "needs", needs);
      add(lines, "affects", affects);
      lines.add("  signer    " + signer);
      lines.add("  SHA-256   " + digest);
      return lines;
    }

    private static void add(List<String> lines, String title, List<String> entries) {
      for (int i = 0; i < entries.size(); i++) {
        lines.add(String.format("  %-9s %s", i == 0 ? title : "", entries.get(i)));
      }
    }
  }

  /** Made by Declarative Services. */
  @Activate
  public Why(
      BundleContext context,
      @Reference BundleManager bundles,
      @Reference BundleLeases leases,
      @Reference Explanations explanations) {
    this.context = context;
    this.bundles = bundles;
    this.leases = leases;
    this.explanations = explanations;
  }

  /** The whole answer. */
  public Answer of(Bundle bundle) {
    Signature signature = bundles.signature(bundle);
    return new Answer(
        bundle.getSymbolicName(),
        bundle.getVersion().toString(),
        state(bundle),
        signature.signer().orElse("none"),
        signature.digest(),
        provides(bundle),
        needs(bundle),
        waitsFor(bundle),
        affected(bundle));
  }

  /** In one word, see {@link Answer}. */
  public String state(Bundle bundle) {
    if (leases.retired(bundle)) {
      return "leaving";
    }
    return switch (bundle.getState()) {
      case Bundle.ACTIVE, Bundle.STARTING ->
          explanations.waiting(bundle).isEmpty() ? "on" : "waiting";
      case Bundle.INSTALLED, Bundle.RESOLVED ->
          bundle.getState() == Bundle.RESOLVED
                  && bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null
              ? "fragment"
              : Needs.explain(context, bundle).isPresent() ? "waiting" : "off";
      default -> "off";
    };
  }

  /** What every bundle that waits waits for, one sentence each, by symbolic name. */
  public Map<String, List<String>> waiting() {
    Map<String, List<String>> waiting = new TreeMap<>();
    for (Bundle bundle : bundles.bundles()) {
      if (state(bundle).equals("waiting")) {
        waiting.put(bundle.getSymbolicName(), waitsFor(bundle));
      }
    }
    return waiting;
  }

  /** What would be disturbed if the bundle went: one sentence each. */
  public List<String> affected(Bundle bundle) {
    List<String> sentences = new ArrayList<>();
    int users = leases.users(bundle);
    if (users > 0) {
      sentences.add(
          bundle.getSymbolicName()
              + ": "
              + users
              + (users == 1 ? " job uses" : " jobs use")
              + " it and will be waited for");
    }
    Set<String> services = new TreeSet<>();
    for (ServiceReference<?> service : BundleContents.services(bundle)) {
      Object name = service.getProperty("maestro.name");
      if (name != null) {
        services.add(name.toString());
      }
    }
    services.forEach(
        name -> sentences.add(name + " goes with it: recipes that name it are refused"));
    for (Bundle other : bundles.affected(bundle)) {
      int jobs = leases.users(other);
      sentences.add(
          other.getSymbolicName()
              + " depends on it"
              + (jobs > 0
                  ? ", and " + jobs + (jobs == 1 ? " job uses" : " jobs use") + " that"
                  : "")
              + (bundles.pinned(other) ? "; it is pinned, so this is refused" : ""));
    }
    return sentences;
  }

  /** What else is disturbed when a new version takes the bundle's place: one sentence each. */
  public List<String> movedByReplacing(Bundle bundle) {
    List<String> sentences = new ArrayList<>();
    for (Bundle other : bundles.affected(bundle)) {
      int jobs = leases.users(other);
      sentences.add(
          other.getSymbolicName()
              + " depends on "
              + bundle.getSymbolicName()
              + (bundles.pinned(other)
                  ? "; it is pinned, so this is refused"
                  : " and moves to the new one once no job uses it: "
                      + (jobs == 0 ? "no job does" : jobs == 1 ? "1 job does" : jobs + " jobs do")
                      + " now"));
    }
    return sentences;
  }

  private List<String> waitsFor(Bundle bundle) {
    List<String> sentences = new ArrayList<>();
    Optional<String> missing =
        (bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0
            ? Needs.explain(context, bundle)
            : Optional.empty();
    missing.ifPresent(sentences::add);
    if (missing.isEmpty()
        && bundle.getState() != Bundle.ACTIVE
        && bundle.getState() != Bundle.STARTING) {
      sentences.add("being switched on: 'maestro bundles start " + bundle.getSymbolicName() + "'");
    }
    if (leases.retired(bundle)) {
      sentences.add("its last job to end: " + leases.users(bundle) + " now");
    }
    sentences.addAll(explanations.waiting(bundle));
    return sentences;
  }

  private static List<String> provides(Bundle bundle) {
    Set<String> all = new TreeSet<>();
    for (ServiceReference<?> service : BundleContents.services(bundle)) {
      String type = ((String[]) service.getProperty(Constants.OBJECTCLASS))[0];
      String simple = type.substring(type.lastIndexOf('.') + 1);
      Object name = service.getProperty("maestro.name");
      all.add(name == null ? "service " + simple : simple + " " + name);
    }
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring != null) {
      wiring
          .getCapabilities(PackageNamespace.PACKAGE_NAMESPACE)
          .forEach(
              capability ->
                  all.add(
                      "package "
                          + capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)
                          + " "
                          + capability.getAttributes().get(Constants.VERSION_ATTRIBUTE)));
    }
    return List.copyOf(all);
  }

  private static List<String> needs(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    Set<String> all = new TreeSet<>();
    for (BundleWire wire :
        wiring == null
            ? List.<BundleWire>of()
            : wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
      Bundle provider = wire.getProvider().getBundle();
      all.add(
          "package "
              + wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)
              + " from "
              + (provider.getBundleId() == 0 ? "the framework" : provider.getSymbolicName()));
    }
    return List.copyOf(all);
  }
}
