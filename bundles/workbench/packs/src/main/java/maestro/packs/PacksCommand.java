package maestro.packs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import maestro.runtime.command.Progress;
import maestro.tensor.NetworkSources;
import maestro.tensor.PackPartSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro packs}: what is installed, what it is, and how to get more. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(name = "packs", description = "List, inspect, verify and make model packs.")
public final class PacksCommand implements MaestroCommand {
  private final Packs packs;
  private final PartShapes shapes;
  private final Download download;
  private final List<NetworkSources> networks;

  /** A command over these packs and over the networks of all bundles. */
  @Activate
  public PacksCommand(
      @Reference Packs packs,
      @Reference List<NetworkSources> networks,
      @Reference List<PackPartSource> parts) {
    this(packs, new Download(), networks, parts);
  }

  PacksCommand(
      Packs packs, Download download, List<NetworkSources> networks, List<PackPartSource> parts) {
    this.packs = packs;
    this.shapes = new PartShapes(List.copyOf(parts));
    this.download = download;
    this.networks = List.copyOf(networks);
  }

  @Command(name = "list", description = "List the installed packs.")
  int list(@Mixin CommandOptions options) {
    Output output = options.output();
    List<Map<String, Object>> found = new ArrayList<>();
    for (String name : packs.names()) {
      try {
        PackFolder pack = packs.open(name);
        found.add(PackReport.summary(pack));
        output.line("%s", PackReport.line(pack));
      } catch (MaestroException e) {
        found.add(Map.of("name", name, "problem", e.getMessage()));
        output.line("%-20s damaged: %s", name, e.getMessage());
      }
    }
    if (found.isEmpty()) {
      output.line(
          "no packs; get one with 'maestro packs fetch paper' or make one with 'maestro packs synthetic'");
    }
    output.result(Map.of("packs", found));
    return 0;
  }

  @Command(name = "show", description = "Show what a pack is and what it holds.")
  int show(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "PACK") String name,
      @Option(names = "--tensors", description = "List every tensor too.") boolean tensors) {
    PackReport.show(packs.open(name), tensors, options.output());
    return 0;
  }

  @Command(
      name = "verify",
      description =
          "Read every byte of a pack and compare it with its digests and its architecture.")
  int verify(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "PACK", arity = "0..*", description = "Default: all.")
          List<String> names) {
    Output output = options.output();
    Map<String, Object> results = new LinkedHashMap<>();
    List<String> damaged = new ArrayList<>();
    try (Progress progress = options.progress()) {
      for (String name : names == null || names.isEmpty() ? packs.names() : names) {
        List<PackVerifier.Finding> findings =
            PackVerifier.verify(packs.open(name), shapes, watcher(options, progress));
        results.put(name, findings);
        for (PackVerifier.Finding finding : findings) {
          progress.say(
              String.format(
                  Locale.ROOT,
                  "%s %s: %s",
                  name,
                  finding.part(),
                  finding.problem() == null
                      ? finding.tensors() + " tensors, good"
                      : finding.problem()));
          if (finding.problem() != null) {
            damaged.add(name + " " + finding.part());
          }
        }
      }
    }
    output.result(Map.of("packs", results, "good", damaged.isEmpty()));
    if (!damaged.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          "packs verify",
          "not good: " + String.join(", ", damaged),
          "put these packs in place again");
    }
    output.line(results.isEmpty() ? "no packs" : "all good");
    return 0;
  }

  @Command(
      name = "synthetic",
      description =
          "Make a pack of any size whose weights are filled by rule, for tests and comparisons.")
  int synthetic(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--size",
              defaultValue = "TINY",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          SyntheticPack.Size size,
      @Option(
              names = "--part",
              paramLabel = "PART",
              description =
                  "Only these parts. Default: all that go with the size and that bundles here read.")
          List<String> parts,
      @Option(
              names = "--conditioning",
              defaultValue = "FILM",
              description =
                  "How the film enters: FILM, CROSS_ATTENTION or CROSS_ONLY. Default: ${DEFAULT-VALUE}.")
          String conditioning,
      @Option(names = "--replace", description = "Replace a pack of this name.") boolean replace) {
    if (!List.of("FILM", "CROSS_ATTENTION", "CROSS_ONLY").contains(conditioning)) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "packs synthetic",
          "there is no conditioning " + conditioning,
          "use FILM, CROSS_ATTENTION or CROSS_ONLY");
    }
    PackBuilder builder =
        SyntheticPack.builder(
            name,
            size,
            parts == null ? List.of() : parts.stream().map(packs::part).toList(),
            conditioning,
            shapes);
    try (Progress progress = options.progress()) {
      return made(options, builder.writeTo(packs.writable(), replace, watcher(options, progress)));
    }
  }

  @Command(
      name = "assemble",
      description =
          "Make a pack from published files: an original AudioLDM checkpoint or a diffusers folder, and encoders.")
  int assemble(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "NAME", description = "Name of the pack, for instance paper.")
          String name,
      @Mixin AssemblySources sources,
      @Option(names = "--licence", paramLabel = "WORDS", description = "Licence of the weights.")
          String licence,
      @Option(
              names = "--add",
              description = "Keep the other parts of a pack of this name, if there is one.")
          boolean add,
      @Option(names = "--replace", description = "Replace a pack of this name.") boolean replace) {
    sources.check();
    PackBuilder builder =
        new PackBuilder(name).description("Assembled from published files.").licence(licence);
    boolean adding = add && packs.names().contains(name);
    if (adding) {
      builder.keeping(packs.open(name));
    }
    try (Progress progress = options.progress();
        Assembler assembler =
            new Assembler(builder, shapes, sources.averaging(), watcher(options, progress))) {
      sources.giveTo(assembler);
      assembler.remarks().forEach(progress::say);
      return made(
          options,
          builder.writeTo(packs.writable(), replace || adding, watcher(options, progress)));
    }
  }

  @Command(
      name = "fetch",
      description =
          "Download the files of a manifest and make the pack of them. Goes on where an earlier fetch ended.")
  int fetch(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "MANIFEST", description = "paper, or a manifest file.")
          String manifest,
      @Option(
              names = "--allow-http",
              description = "Also fetch from addresses without https, which anyone can listen to.")
          boolean allowHttp,
      @Option(names = "--replace", description = "Replace a pack of this name.") boolean replace) {
    try (Progress progress = options.progress()) {
      Path folder =
          new Fetcher(packs, shapes, download)
              .fetch(
                  FetchManifest.read(manifest),
                  replace,
                  new Download.Rules(allowHttp, progress::say),
                  watcher(options, progress));
      return made(options, folder);
    }
  }

  @Command(
      name = "export-onnx",
      description =
          "Compile a network of a pack and save it as an ONNX file, its weights beside it in FILE.data.")
  int exportOnnx(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "PACK") String name,
      @Parameters(
              paramLabel = "NETWORK",
              description = "For instance denoiser, guided-denoiser, vae-decode, vocoder.")
          String network,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE")
          Path out,
      @Option(
              names = "--shape",
              paramLabel = "INPUT=NxNxN",
              description = "Shape of an input. Default: one clip of ten seconds.")
          Map<String, String> shapes) {
    new NetworkExport(networks).export(packs.open(name), network, shapes, out, options.output());
    return 0;
  }

  private int made(CommandOptions options, Path folder) {
    PackFolder pack = packs.open(folder);
    options
        .output()
        .result(
            PackReport.summary(pack),
            "%s: %s, %s in %s",
            pack.name(),
            String.join(" ", pack.parts()),
            PackReport.megabytes(pack),
            folder);
    return 0;
  }

  private static Watcher watcher(CommandOptions options, Progress progress) {
    return new Watcher() {
      private String current = "";

      @Override
      public synchronized void at(String what, long done, long total) {
        options.cancellation().check();
        if (!what.equals(current)) {
          current = what;
          progress.stage(what, 0, 0);
        }
        progress.step(done / 1_000_000, total / 1_000_000);
      }
    };
  }
}
