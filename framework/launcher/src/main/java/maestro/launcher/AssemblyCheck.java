package maestro.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Starts a distribution with a home of its own: every bundle has to come up, and the recipes it
 * names for its commands have to be fit to run.
 */
final class AssemblyCheck implements Assembly.Check {
  private final String framework;

  AssemblyCheck(String framework) {
    this.framework = framework;
  }

  @Override
  @SuppressWarnings("unchecked") // only JDK types come out of the framework
  public Assembly.Verdict on(Path made, List<Path> others) throws IOException {
    Path home = Files.createTempDirectory("maestro-assembly");
    try (MaestroHost host = MaestroHost.start(framework, made, home, List.of(), Map.of())) {
      Map<String, List<String>> waiting =
          ((Supplier<Map<String, List<String>>>) host.service("waiting")).get();
      List<String> problems = new ArrayList<>();
      waiting.forEach(
          (bundle, reasons) -> problems.add(bundle + " waits for " + String.join("; ", reasons)));
      if (problems.isEmpty()) {
        problems.addAll(recipes(host, made));
      }
      List<Path> lacks =
          waiting.isEmpty()
              ? List.of()
              : ((Function<List<Path>, List<Path>>) host.service("providers")).apply(others);
      Map<String, String> help =
          problems.isEmpty()
              ? ((Supplier<Map<String, String>>) host.service("help-texts")).get()
              : Map.of();
      return new Assembly.Verdict(problems, lacks, help);
    } finally {
      Folders.delete(home);
    }
  }

  private static List<String> recipes(MaestroHost host, Path made) {
    Map<String, String> defaults = Feature.of(made, Feature.files(made, List.of())).recipes();
    List<String> problems = new ArrayList<>();
    defaults.forEach(
        (command, recipe) -> {
          ByteArrayOutputStream said = new ByteArrayOutputStream();
          if (host.run(List.of("recipes", "check", recipe), said, said) != 0) {
            problems.add(
                "recipe %s, the default of '%s', cannot run: %s"
                    .formatted(recipe, command, said.toString(StandardCharsets.UTF_8).strip()));
          }
        });
    return problems;
  }
}
