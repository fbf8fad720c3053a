package maestro.commands;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.pack.PackRepository;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.api.tensor.TensorStages;
import maestro.checkpoint.Safetensors;
import maestro.graph.run.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro stage}: one stage by itself, on tensors from a file, to compare with any
 * reference. A bundle that offers the stage on tensors runs it; else a plugin of the right kind
 * does, item by item.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "stage",
    description =
        "Run one stage by itself on tensors from a file; 'maestro stage list' says which there are.")
public final class StageCommand implements MaestroCommand {
  private static final String SCALE = "guidance_scale";

  @Mixin CommandOptions options;

  @Mixin StageOptions stage;

  @Parameters(
      paramLabel = "NAME",
      description = "vae-encode, vae-decode, denoiser, guided-denoiser, fusion, vocoder; or list.")
  String name;

  @Option(names = "--in", paramLabel = "X.safetensors", description = "Tensors the stage takes.")
  Path in;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "Y.safetensors",
      description = "Tensors the stage gives.")
  Path out;

  @Option(
      names = "--plugin",
      paramLabel = "ID",
      description = "Let this plugin run the stage, such as vocoder.hifigan.")
  String plugin;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description =
          "onnx, pytorch, torchscript or torchscript-float32, where the stage has the choice.")
  String engine;

  @Option(
      names = "--guidance-scale",
      paramLabel = "S",
      description = "Of guided-denoiser, unless the file has it; default ${DEFAULT-VALUE}.")
  float guidanceScale = 7.5f;

  @Reference PluginRegistry registry;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL)
  PackRepository packs;

  @Override
  public Integer call() {
    if (name.equals("list")) {
      return list();
    }
    Map<String, PluginDescription> offers = new TreeMap<>();
    Map<String, String> all = all(offers);
    if (!all.containsKey(name)) {
      throw new MaestroException(
          Kind.USAGE,
          "stage",
          "there is no stage '" + name + "'",
          "use one of " + String.join(", ", all.keySet()));
    }
    if (in == null || out == null) {
      throw new MaestroException(
          Kind.USAGE,
          "stage " + name,
          "it has no " + (in == null ? "--in" : "--out"),
          "it takes " + all.get(name));
    }
    Outputs.check(out, "safetensors");
    NamedTensors given = scaled(Safetensors.read(in));
    NamedTensors results;
    List<String> remarks;
    try (Watcher watcher = new Watcher(options)) {
      SingleRun run = stage.run(name, packs, watcher);
      Map<String, Object> settings = engine == null ? Map.of() : Map.of("engine", engine);
      PluginDescription offer = plugin == null ? offers.get(name) : null;
      if (offer == null) {
        results =
            new PluginStages(registry, name, plugin, settings).run(new Tensors(in, given), run);
      } else {
        try (PluginLease<TensorStages> lease =
            registry.lease(TensorStages.class, offer.name(), settings)) {
          results = lease.service().run(name, given, run);
        }
      }
      remarks = run.remarks();
    }
    Map<String, String> metadata = new LinkedHashMap<>(results.metadata());
    metadata.put("stage", name);
    if (!remarks.isEmpty()) {
      metadata.put("remarks", String.join("\n", remarks));
    }
    Safetensors.write(out, new NamedTensors(results.tensors(), metadata));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", out.toString());
    results.tensors().forEach((key, tensor) -> json.put(key, tensor.shape()));
    json.put("remarks", remarks);
    options.output().result(json);
    results
        .tensors()
        .forEach(
            (key, tensor) ->
                options.output().line("%s: %s %s", out, key, Arrays.toString(tensor.shape())));
    remarks.forEach(remark -> options.output().line("note: %s", remark));
    return 0;
  }

  private int list() {
    Map<String, String> all = all(new TreeMap<>());
    all.forEach((stageName, says) -> options.output().line("%-18s %s", stageName, says));
    options.output().result(all);
    return 0;
  }

  /** What every stage takes and gives, by name; says also which bundle offers it on tensors. */
  private Map<String, String> all(Map<String, PluginDescription> offers) {
    Map<String, String> all = new TreeMap<>(PluginStages.STAGES);
    for (PluginDescription offer : registry.plugins()) {
      if (offer.kind().equals(TensorStages.class.getSimpleName())) {
        try (PluginLease<TensorStages> lease =
            registry.lease(TensorStages.class, offer.name(), Map.of())) {
          for (String one : lease.service().stages()) {
            all.put(one, lease.service().describe(one));
            offers.put(one, offer);
          }
        }
      }
    }
    return all;
  }

  private NamedTensors scaled(NamedTensors given) {
    if (!name.startsWith("guided") || given.tensors().containsKey(SCALE)) {
      return given;
    }
    Map<String, FloatTensor> tensors = new LinkedHashMap<>(given.tensors());
    tensors.put(SCALE, FloatTensor.of(new float[] {guidanceScale}, 1));
    return new NamedTensors(tensors, given.metadata());
  }
}
