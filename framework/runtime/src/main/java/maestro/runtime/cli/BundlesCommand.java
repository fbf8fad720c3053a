package maestro.runtime.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import maestro.api.MaestroException;
import maestro.runtime.bundles.BundleFile;
import maestro.runtime.bundles.BundleManager;
import maestro.runtime.bundles.Home;
import maestro.runtime.bundles.PluginFolder;
import maestro.runtime.bundles.Signature;
import maestro.runtime.bundles.Why;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro bundles …}: live operations. A change in one process is found by those that come
 * later.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "bundles",
    description =
        "List, install, update, stop, start and uninstall bundles, and say why one is as it is.")
public final class BundlesCommand implements MaestroCommand {
  private static final long PATIENCE_SECONDS = 1;

  @Reference private BundleManager bundles;
  @Reference private PluginFolder folder;
  @Reference private Home home;
  @Reference private Why why;

  /** One row of the list. */
  record Row(String name, String version, String state, boolean pinned) {}

  @Command(name = "list", description = "List the bundles.")
  int list(
      @Mixin CommandOptions options,
      @Parameters(
              arity = "0..1",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "Part of the name.")
          String text) {
    List<Row> rows = new ArrayList<>();
    for (Bundle bundle : bundles.bundles()) {
      if (bundle.getSymbolicName().contains(text)) {
        rows.add(
            new Row(
                bundle.getSymbolicName(),
                bundle.getVersion().toString(),
                why.state(bundle),
                bundles.pinned(bundle)));
      }
    }
    Map<String, String> refused = new LinkedHashMap<>();
    folder
        .refused()
        .forEach(
            (jar, why) -> {
              String name = jar.getFileName().toString();
              refused.put(
                  name, why.startsWith(name + ": ") ? why.substring(name.length() + 2) : why);
            });
    options.output().result(Map.of("bundles", rows, "refused", refused));
    for (Row row : rows) {
      options
          .output()
          .line("%-9s %-45s %s%s", row.state, row.name, row.version, row.pinned ? "  pinned" : "");
    }
    refused.forEach((jar, why) -> options.output().line("%-9s %s  %s", "refused", jar, why));
    return 0;
  }

  @Command(
      name = "install",
      description =
          "Put a bundle into the plugins folder and switch it on; it takes the place of one of the same name.")
  int install(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "FILE", description = "The bundle's jar.") Path file,
      @Option(
              names = {"-n", "--dry-run"},
              description = "Only say what would be affected.")
          boolean dryRun) {
    return putIn(options, file, null, dryRun);
  }

  @Command(
      name = "update",
      description = "Replace a bundle: the next job gets the new one, running jobs keep the old.")
  int update(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME", description = "Name of the bundle.") String name,
      @Parameters(paramLabel = "FILE", description = "Its new jar.") Path file,
      @Option(
              names = {"-n", "--dry-run"},
              description = "Only say what would be affected.")
          boolean dryRun) {
    return putIn(options, file, find(name).getSymbolicName(), dryRun);
  }

  @Command(name = "start", description = "Switch a bundle on.")
  int start(@Mixin CommandOptions options, @Parameters(paramLabel = "NAME") String name) {
    Bundle bundle = find(name);
    BundleManager.join(bundles.start(bundle));
    home.switchedOff(bundle.getSymbolicName(), false);
    return say(options, bundle, "is on");
  }

  @Command(
      name = "stop",
      description = "Switch a bundle off, now and for later starts, once no running job needs it.")
  int stop(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = {"-n", "--dry-run"},
              description = "Only say what would be affected.")
          boolean dryRun) {
    Bundle bundle = find(name);
    warn(options, bundle);
    if (dryRun) {
      return say(options, bundle, "would be switched off");
    }
    CompletableFuture<Void> stopped = bundles.stop(bundle);
    finish(options, bundle, stopped);
    home.switchedOff(bundle.getSymbolicName(), true);
    return say(options, bundle, "is off");
  }

  @Command(
      name = "uninstall",
      description = "Take a bundle out of the plugins folder, once no running job needs it.")
  int uninstall(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = {"-n", "--dry-run"},
              description = "Only say what would be affected.")
          boolean dryRun) {
    Bundle bundle = find(name);
    List<Path> files = folder.filesOf(bundle.getSymbolicName());
    if (files.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          bundle.getSymbolicName(),
          "belongs to the distribution",
          "switch it off with 'maestro bundles stop " + bundle.getSymbolicName() + "'");
    }
    warn(options, bundle);
    if (dryRun) {
      files.forEach(file -> options.output().line("would be removed: %s", file));
      return say(options, bundle, "would be uninstalled");
    }
    // An older jar of the same name must not come back in its place.
    files.forEach(home::removePlugin);
    finish(options, bundle, folder.scan());
    files.forEach(file -> options.output().line("removed: %s", file));
    say(options, bundle, "is uninstalled");
    bundles
        .current(bundle.getSymbolicName())
        .ifPresent(
            shipped ->
                options
                    .output()
                    .line("%s %s of the distribution is back", name, shipped.getVersion()));
    return 0;
  }

  @Command(name = "check", description = "Fail when a bundle waits for something.")
  int check(@Mixin CommandOptions options) {
    Map<String, List<String>> waiting = why.waiting();
    options.output().result(Map.of("waiting", waiting));
    waiting.forEach(
        (name, reasons) ->
            options.output().line("%s waits for %s", name, String.join("; ", reasons)));
    return waiting.isEmpty() ? 0 : MaestroException.Kind.CONFIGURATION.exitCode();
  }

  @Command(
      name = "why",
      description = "Say what a bundle provides, needs and waits for, and what depends on it.")
  int why(@Mixin CommandOptions options, @Parameters(paramLabel = "NAME") String name) {
    Why.Answer answer = why.of(find(name));
    options.output().result(answer);
    answer.lines().forEach(line -> options.output().line("%s", line));
    return 0;
  }

  private int putIn(CommandOptions options, Path file, String expected, boolean dryRun) {
    if (!Files.isRegularFile(file)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, file.toString(), "is not a file", "check the path");
    }
    BundleFile given = BundleFile.read(file);
    String name = given.name();
    if (expected != null && !expected.equals(name)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "is " + name + ", not " + expected,
          "give the right file");
    }
    Signature signature = folder.check(given);
    Optional<Bundle> old = bundles.current(name);
    old.ifPresent(
        bundle ->
            why.movedByReplacing(bundle)
                .forEach(sentence -> options.output().warn("%s", sentence)));
    if (dryRun) {
      if (old.isPresent()) {
        return say(options, old.get(), "would be replaced");
      }
      options.output().result(Map.of("bundle", name), "%s would be installed", name);
      return 0;
    }
    Bundle bundle = folder.install(given);
    if (options.json() && signature.signer().isEmpty()) {
      options.output().warn("%s is not signed, SHA-256 %s", name, signature.digest());
    }
    options
        .output()
        .line("signer   %s", signature.signer().orElse("none: anyone may have made this file"));
    options.output().line("SHA-256  %s", signature.digest());
    return say(options, bundle, why.state(bundle).equals("on") ? "is on" : "is installed");
  }

  private void warn(CommandOptions options, Bundle bundle) {
    for (String sentence : why.affected(bundle)) {
      options.output().warn("%s", sentence);
    }
  }

  /** Waits for an operation, and says so when running jobs hold it up. */
  private void finish(CommandOptions options, Bundle bundle, CompletableFuture<Void> operation) {
    boolean said = false;
    while (true) {
      options.cancellation().check();
      try {
        operation.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        if (!said) {
          options.output().warn("%s: waiting for the jobs that use it", bundle.getSymbolicName());
          said = true;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        options.cancellation().request();
      } catch (java.util.concurrent.ExecutionException e) {
        BundleManager.join(operation);
      }
    }
  }

  private int say(CommandOptions options, Bundle bundle, String what) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("bundle", bundle.getSymbolicName());
    object.put("version", bundle.getVersion().toString());
    object.put("state", why.state(bundle));
    options
        .output()
        .result(object, "%s %s %s", bundle.getSymbolicName(), bundle.getVersion(), what);
    return 0;
  }

  /**
   * By symbolic name, or by a plugin's name: {@code encoder.clip} is {@code maestro.encoder.clip}.
   */
  private Bundle find(String name) {
    return bundles
        .current(name)
        .or(() -> bundles.current("maestro." + name))
        .orElseThrow(
            () ->
                new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    name,
                    "is not installed",
                    "see 'maestro bundles list' for the names"));
  }
}
