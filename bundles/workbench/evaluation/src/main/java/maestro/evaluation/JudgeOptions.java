package maestro.evaluation;

import java.util.Optional;
import maestro.api.pack.PackRepository;
import maestro.api.run.Noise;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import picocli.CommandLine.Option;

/** What metrics are given by the commands that judge. */
final class JudgeOptions {
  @Option(
      names = "--pack",
      paramLabel = "NAME",
      description =
          "Model pack with the weights of embedding networks; what it lacks, starter gives.")
  String pack;

  @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto")
  String device;

  /** What metrics see of a run. Their steps are not shown: items are counted. */
  SingleRun run(CommandOptions options, long seed, PackRepository packs) {
    return new SingleRun(
        "metrics",
        SingleRun.device(device),
        new Noise(seed),
        Optional.ofNullable(JudgingPack.open(packs, pack)),
        RunObserver.silent(options.cancellation()::requested));
  }
}
