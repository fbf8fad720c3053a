package maestro.evaluation;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the clips come from and where the results go. */
final class DatasetOptions {
  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "MANIFEST",
      description = "Clips, as 'maestro dataset' makes them.")
  Path manifest;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Root of the clips' paths; default: the manifest's folder.")
  Path root;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "test",
      description = "Split to score, or 'all'; default ${DEFAULT-VALUE}.")
  String split;

  @Option(names = "--limit", paramLabel = "N", description = "Score the first N clips only.")
  Integer limit;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "DIR",
      description = "Folder of the results; an unfinished one is continued.")
  Path out;

  @Mixin JudgeOptions judge;
}
