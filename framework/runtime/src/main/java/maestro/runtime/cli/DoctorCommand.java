package maestro.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.HealthCheck;
import maestro.runtime.command.HealthCheck.Finding;
import maestro.runtime.command.HealthCheck.Level;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maestro doctor}: what works here, what does not, and what to do about it. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "doctor",
    description =
        "Check Java, memory, disk, natives, codecs, packs and devices, each with its remedy.")
public final class DoctorCommand implements MaestroCommand {
  @Reference private List<HealthCheck> checks;

  @Mixin private CommandOptions options;

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    for (HealthCheck check : checks) {
      options.cancellation().check();
      findings.addAll(run(check));
    }
    options.output().result(Map.of("findings", findings));
    for (Finding finding : findings) {
      options
          .output()
          .line(
              "%-5s %-10s %s",
              finding.level().name().toLowerCase(java.util.Locale.ROOT),
              finding.part(),
              finding.found());
      if (!finding.remedy().isEmpty()) {
        options.output().line("%-16s -> %s", "", finding.remedy());
      }
    }
    boolean failed = findings.stream().anyMatch(finding -> finding.level() == Level.FAIL);
    return failed ? MaestroException.Kind.CONFIGURATION.exitCode() : 0;
  }

  private static List<Finding> run(HealthCheck check) {
    try {
      return check.findings();
    } catch (RuntimeException | LinkageError e) {
      String part = check.getClass().getSimpleName();
      return List.of(new Finding(part, Level.FAIL, "the check itself failed: " + e, "report this"));
    }
  }
}
