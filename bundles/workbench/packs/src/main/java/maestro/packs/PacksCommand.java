package maestro.packs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import maestro.runtime.command.Progress;
import maestro.tensor.NetworkSources;
import maestro.tensor.OnnxExport;
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
  /** Of an architecture in a line for people. */
  private static final int LONGEST = 400;

  private final Packs packs;
  private final Download download;
  private final List<NetworkSources> networks;

  /** A command over these packs and over the networks of all bundles. */
  @Activate
  public PacksCommand(@Reference Packs packs, @Reference List<NetworkSources> networks) {
    this(packs, new Download(), networks);
  }

  PacksCommand(Packs packs, Download download, List<NetworkSources> networks) {
    this.packs = packs;
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
        found.add(summary(pack));
        output.line(
            "%-20s %7s  %s%s",
            name,
            megabytes(pack),
            String.join(" ", pack.parts()),
            pack.untrained() ? "  (untrained)" : "");
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
    PackFolder pack = packs.open(name);
    PackDescription description = pack.description();
    Output output = options.output();
    Map<String, Object> result = summary(pack);
    output.line("%s%s", name, pack.untrained() ? " (untrained: weights were filled by rule)" : "");
    line(output, "", description.description());
    line(output, "licence   ", description.licence());
    line(output, "training  ", description.training());
    description.origin().forEach(origin -> line(output, "origin    ", origin));
    line(output, "folder    ", pack.folder().toString());
    Map<String, Object> parts = new LinkedHashMap<>();
    for (String partName : pack.parts()) {
      PackPart part = pack.part(partName).orElseThrow();
      Map<String, Object> architecture = description.parts().get(partName).architecture();
      output.line("%n%s  %s", partName, cut(architecture.toString()));
      labels(architecture).forEach((encoder, known) -> output.line("  %s: %s", encoder, known));
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("architecture", architecture);
      shown.put("sha256", part.digest());
      if (part.weights() != null) {
        try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
          long numbers = checkpoint.weights().values().stream().mapToLong(Weight::elements).sum();
          shown.put("tensors", checkpoint.weights().size());
          shown.put("parameters", numbers);
          output.line(
              "  %d tensors, %,d numbers, SHA-256 %s",
              checkpoint.weights().size(), numbers, part.digest());
          if (tensors) {
            Map<String, String> shapes = new LinkedHashMap<>();
            checkpoint
                .weights()
                .forEach(
                    (tensor, weight) -> {
                      shapes.put(
                          tensor, weight.dataType() + " " + Weight.shapeText(weight.shape()));
                      output.line("  %-90s %s", tensor, shapes.get(tensor));
                    });
            shown.put("shapes", shapes);
          }
        }
      }
      parts.put(partName, shown);
    }
    result.put("parts", parts);
    output.result(result);
    return 0;
  }

  /** Tables, such as the manners of composers, are for --json. */
  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (the whole with --json)";
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
            PackVerifier.verify(packs.open(name), watcher(options, progress));
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
              description = "Only these parts. Default: all that go with the size.")
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
            conditioning);
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
        Assembler assembler = new Assembler(builder, watcher(options, progress))) {
      sources.giveTo(assembler);
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
      @Option(names = "--replace", description = "Replace a pack of this name.") boolean replace) {
    try (Progress progress = options.progress()) {
      Path folder =
          new Fetcher(packs, download)
              .fetch(FetchManifest.read(manifest), replace, watcher(options, progress));
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
    PackFolder pack = packs.open(name);
    NetworkSources sources =
        networks.stream()
            .filter(candidate -> candidate.networks().contains(network))
            .findFirst()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.CONFIGURATION,
                        "packs export-onnx",
                        "no bundle has a network '" + printable(network) + "'",
                        "choose among "
                            + networks.stream()
                                .flatMap(s -> s.networks().stream())
                                .sorted()
                                .toList()));
    NetworkSources.Sized sized = sources.network(network, pack);
    Map<String, long[]> chosen = new LinkedHashMap<>(sized.shapes());
    if (shapes != null) {
      shapes.forEach((input, text) -> chosen.put(input, shape(sized, input, text)));
    }
    OnnxExport.write(sized.source(), chosen, out);
    Map<String, String> inputs = new LinkedHashMap<>();
    chosen.forEach((input, shape) -> inputs.put(input, Weight.shapeText(shape)));
    options
        .output()
        .result(
            Map.of("file", out.toString(), "inputs", inputs, "outputs", sized.source().outputs()),
            "%s: %s of %s, inputs %s, outputs %s",
            out,
            network,
            name,
            inputs,
            sized.source().outputs());
    return 0;
  }

  private static long[] shape(NetworkSources.Sized sized, String input, String text) {
    if (!sized.shapes().containsKey(input)
        || !text.matches("[1-9][0-9]{0,8}(x[1-9][0-9]{0,8}){0,7}")) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "packs export-onnx",
          "--shape " + printable(input + "=" + text) + " makes no sense",
          "give one of " + sized.shapes().keySet() + " and lengths such as 1x8x256x16");
    }
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }

  private static String printable(String text) {
    return text.substring(0, Math.min(100, text.length())).replaceAll("[^ -~]", "?");
  }

  private int made(CommandOptions options, Path folder) {
    PackFolder pack = packs.open(folder);
    options
        .output()
        .result(
            summary(pack),
            "%s: %s, %s in %s",
            pack.name(),
            String.join(" ", pack.parts()),
            megabytes(pack),
            folder);
    return 0;
  }

  private static Map<String, Object> summary(PackFolder pack) {
    PackDescription description = pack.description();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("name", pack.name());
    summary.put("description", String.valueOf(description.description()));
    summary.put("licence", String.valueOf(description.licence()));
    summary.put("origin", description.origin());
    summary.put("training", String.valueOf(description.training()));
    summary.put("untrained", pack.untrained());
    summary.put("folder", pack.folder().toString());
    summary.put("bytes", bytes(pack));
    summary.put("parts", pack.parts());
    return summary;
  }

  private static long bytes(PackFolder pack) {
    return pack.description().parts().values().stream()
        .mapToLong(PackDescription.Part::bytes)
        .sum();
  }

  private static String megabytes(PackFolder pack) {
    return bytes(pack) / 1_000_000 + " MB";
  }

  private static void line(Output output, String label, String text) {
    if (text != null) {
      output.line("%s%s", label, text);
    }
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

  /** What the fusion of a pack understands by the places of an encoder, such as its composers. */
  private static Map<String, String> labels(Map<String, Object> architecture) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (architecture.get("encoders") instanceof Map<?, ?> encoders) {
      encoders.forEach(
          (encoder, entry) -> {
            if (entry instanceof Map<?, ?> map && map.get("labels") instanceof List<?> known) {
              labels.put(
                  String.valueOf(encoder),
                  String.join(", ", known.stream().map(String::valueOf).toList()));
            }
          });
    }
    return labels;
  }
}
