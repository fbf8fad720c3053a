package maestro.commands;

import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackRepository;
import maestro.api.run.Noise;
import maestro.graph.run.RunObserver;
import maestro.graph.run.SingleRun;
import picocli.CommandLine.Option;

/** What a stage needs when it runs by itself. */
final class StageOptions {
  @Option(names = "--pack", paramLabel = "NAME", description = "Model pack the weights come from.")
  String pack;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "auto, cpu or cuda:N; default ${DEFAULT-VALUE}.")
  String device = "auto";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all noise; default ${DEFAULT-VALUE}.")
  long seed = 7;

  /** A context for one stage. */
  SingleRun run(String stage, PackRepository packs, RunObserver observer) {
    return new SingleRun(stage, SingleRun.device(device), new Noise(seed), open(packs), observer);
  }

  private Optional<ModelPack> open(PackRepository packs) {
    if (pack == null) {
      return Optional.empty();
    }
    if (packs == null) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          "pack " + pack,
          "this distribution has no bundle for packs",
          "install maestro.packs");
    }
    return Optional.of(packs.open(pack));
  }
}
