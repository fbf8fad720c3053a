package maestro.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import maestro.api.pack.PackRepository;
import maestro.runtime.bundles.BundleManager;
import maestro.runtime.bundles.Why;
import maestro.runtime.command.HealthCheck;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.propertytypes.ServiceRanking;

/** Model packs, and bundles that wait for something. */
@Component
@ServiceRanking(30)
public final class PackCheck implements HealthCheck {
  private final BundleManager bundles;
  private final Why why;
  private final List<PackRepository> packs;

  /** Made by Declarative Services. */
  @Activate
  public PackCheck(
      @Reference BundleManager bundles,
      @Reference Why why,
      @Reference(cardinality = ReferenceCardinality.MULTIPLE) List<PackRepository> packs) {
    this.bundles = bundles;
    this.why = why;
    this.packs = packs;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (PackRepository repository : packs) {
      List<String> names = repository.names();
      findings.add(
          names.isEmpty()
              ? new Finding(
                  "packs",
                  Level.WARN,
                  "no model pack is installed; recipes without weights work",
                  "run 'maestro packs --help' to get one")
              : new Finding("packs", Level.OK, String.join(", ", names), ""));
    }
    int on = 0;
    for (Bundle bundle : bundles.bundles()) {
      if (!why.state(bundle).equals("waiting")) {
        on++;
        continue;
      }
      String name = bundle.getSymbolicName();
      findings.add(
          new Finding(
              "bundles",
              Level.WARN,
              name + ": " + String.join("; ", why.of(bundle).waitsFor()),
              "see 'maestro bundles why " + name + "'"));
    }
    findings.add(new Finding("bundles", Level.OK, on + " in order", ""));
    return findings;
  }
}
