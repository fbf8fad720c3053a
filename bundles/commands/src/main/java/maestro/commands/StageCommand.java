package maestro.commands;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.pack.PackRepository;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.graph.SingleRun;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.tensor.checkpoint.Safetensors;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro stage}: one stage by itself, on tensors from a file, to compare with any reference. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "stage",
    description = "Run one stage by itself on tensors from a file.",
    footer = {
      "",
      "Stages, what they take and what they give (B is the batch; a missing first axis of 1 is added):",
      "  vae-encode       mel [B,T,64]                            latent [B,C,T/4,16]",
      "  vae-decode       latent [B,C,T,F]                        mel [B,4T,4F]",
      "  denoiser         latent [B,C,T,F], timestep, film [B,W]  eps [B,C,T,F]",
      "  guided-denoiser  the same; --guidance-scale              eps [B,C,T,F]",
      "                   both take melody [B,4T,12], dynamics [B,4T,1] (standardised) or another control",
      "  fusion           one vector for each encoder, clip [W]   film [W]",
      "  vocoder          mel [B,T,64]                            sound [B,160T]"
    })
public final class StageCommand implements MaestroCommand {
  private static final List<String> STAGES =
      List.of("vae-encode", "vae-decode", "denoiser", "guided-denoiser", "fusion", "vocoder");

  @Mixin CommandOptions options;

  @Mixin StageOptions stage;

  @Parameters(paramLabel = "NAME", description = "vae-encode, vae-decode, denoiser, guided-denoiser, fusion or vocoder.")
  String name;

  @Option(names = "--in", required = true, paramLabel = "X.safetensors", description = "Tensors the stage takes.")
  Path in;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "Y.safetensors",
      description = "Tensors the stage gives.")
  Path out;

  @Option(
      names = "--plugin",
      paramLabel = "ID",
      description = "The bundle that runs the stage; needed when several could, such as vocoder.hifigan.")
  String plugin;

  @Option(names = "--engine", paramLabel = "NAME", description = "onnx or pytorch, where the bundle has the choice.")
  String engine;

  @Option(
      names = "--guidance-scale",
      paramLabel = "S",
      description = "Of guided-denoiser; default ${DEFAULT-VALUE}.")
  double guidanceScale = 7.5;

  @Reference PluginRegistry registry;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL)
  PackRepository packs;

  @Override
  public Integer call() {
    Outputs.check(out, "safetensors");
    if (!STAGES.contains(name)) {
      throw new MaestroException(
          Kind.USAGE, "stage", "there is no stage '" + name + "'", "use one of " + String.join(", ", STAGES));
    }
    Tensors tensors = new Tensors(in, Safetensors.read(in));
    Map<String, FloatTensor> results = new TreeMap<>();
    List<String> remarks;
    try (Watcher watcher = new Watcher(options)) {
      SingleRun run = stage.run(name, packs, watcher);
      switch (name) {
        case "fusion" -> fuse(tensors, run, results);
        case "vocoder" -> vocode(tensors, run, results);
        default -> latent(tensors, run, results);
      }
      remarks = run.remarks();
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("stage", name);
    if (!remarks.isEmpty()) {
      metadata.put("remarks", String.join("\n", remarks));
    }
    Safetensors.write(out, new NamedTensors(results, metadata));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", out.toString());
    results.forEach((key, tensor) -> json.put(key, tensor.shape()));
    json.put("remarks", remarks);
    options.output().result(json);
    results.forEach((key, tensor) -> options.output().line("%s: %s %s", out, key, Arrays.toString(tensor.shape())));
    remarks.forEach(remark -> options.output().line("note: %s", remark));
    return 0;
  }

  private void fuse(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    Map<String, FilmFeature> features = new LinkedHashMap<>();
    for (String encoder : in.content().tensors().keySet()) {
      if (!encoder.endsWith(".timeline")) {
        features.put(Names.full("encoder", encoder), FilmFeature.of(in.get(encoder, 1, -1).values()));
      }
    }
    try (PluginLease<FeatureFusion> lease = lease(FeatureFusion.class)) {
      FilmCondition film = lease.service().fuse(features, run);
      results.put("film", FloatTensor.of(film.vector(), film.vector().length));
      film.weights()
          .forEach(
              (encoder, share) ->
                  results.put("weight." + Names.brief(encoder), FloatTensor.of(new float[] {share.floatValue()}, 1)));
    }
  }

  private void vocode(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    Batch batch = Batch.of(in.get("mel", -1, -1, -1));
    try (PluginLease<Vocoder> lease = lease(Vocoder.class)) {
      Batch.Builder sounds = new Batch.Builder(batch.size());
      for (int b = 0; b < batch.size(); b++) {
        Sound sound =
            lease.service().vocode(new Mel((int) batch.axis(0), (int) batch.axis(1), batch.item(b)), run);
        sounds.add(sound.channels()[0], sound.length());
        run.progress(b + 1L, batch.size());
      }
      results.put("sound", sounds.tensor());
    }
  }

  private void latent(Tensors in, RunContext run, Map<String, FloatTensor> results) {
    try (PluginLease<LatentModel> lease = lease(LatentModel.class);
        LatentModel.Session session = lease.service().open(run)) {
      switch (name) {
        case "vae-encode" -> {
          Batch mels = Batch.of(in.get("mel", -1, -1, -1));
          Batch.Builder latents = new Batch.Builder(mels.size());
          for (int b = 0; b < mels.size(); b++) {
            add(latents, session.encode(new Mel((int) mels.axis(0), (int) mels.axis(1), mels.item(b))));
            run.progress(b + 1L, mels.size());
          }
          results.put("latent", latents.tensor());
        }
        case "vae-decode" -> {
          Batch latents = Batch.of(in.get("latent", -1, -1, -1, -1));
          Batch.Builder mels = new Batch.Builder(latents.size());
          for (int b = 0; b < latents.size(); b++) {
            Mel mel = session.decode(item(latents, b));
            mels.add(mel.values(), mel.frames(), mel.bands());
            run.progress(b + 1L, latents.size());
          }
          results.put("mel", mels.tensor());
        }
        default -> denoise(in, session, run, results);
      }
    }
  }

  private void denoise(Tensors in, LatentModel.Session session, RunContext run, Map<String, FloatTensor> results) {
    Batch latents = Batch.of(in.get("latent", -1, -1, -1, -1));
    Batch films = Batch.of(in.get("film", latents.size(), session.conditionWidth()));
    float[] timesteps =
        in.has("timestep") && in.content().get("timestep").shape().length == 0
            ? in.content().get("timestep").values()
            : in.get("timestep", -1).values();
    Batch.Builder eps = new Batch.Builder(latents.size());
    for (int b = 0; b < latents.size(); b++) {
      Map<String, ControlSignal> controls = new TreeMap<>();
      for (Map.Entry<String, Integer> control : session.controls().entrySet()) {
        if (in.has(control.getKey())) {
          Batch rows = Batch.of(in.get(control.getKey(), latents.size(), -1, control.getValue()));
          controls.put(
              control.getKey(), new ControlSignal((int) rows.axis(0), (int) rows.axis(1), rows.item(b)));
        }
      }
      double scale = name.equals("denoiser") ? 1 : guidanceScale;
      Latent result =
          session
              .predictor(new FilmCondition(films.item(b), Map.of()), controls, scale)
              .predict(item(latents, b), Math.round(timesteps[Math.min(b, timesteps.length - 1)]));
      add(eps, result);
      run.progress(b + 1L, latents.size());
    }
    results.put("eps", eps.tensor());
  }

  private static Latent item(Batch latents, int b) {
    return new Latent((int) latents.axis(0), (int) latents.axis(1), (int) latents.axis(2), latents.item(b));
  }

  private static void add(Batch.Builder latents, Latent latent) {
    latents.add(latent.values(), latent.channels(), latent.frames(), latent.bands());
  }

  /** The plugin that was named, or the only one of its kind. */
  private <T> PluginLease<T> lease(Class<T> kind) {
    List<PluginDescription> able =
        registry.plugins().stream().filter(one -> one.kind().equals(kind.getSimpleName())).toList();
    String id = plugin;
    if (id == null) {
      if (able.size() != 1) {
        throw new MaestroException(
            Kind.USAGE,
            "stage " + name,
            able.isEmpty() ? "no bundle can run it" : "several bundles can run it",
            able.isEmpty()
                ? "see 'maestro bundles list'"
                : "choose with --plugin: " + String.join(", ", able.stream().map(PluginDescription::name).toList()));
      }
      id = able.get(0).name();
    }
    return registry.lease(kind, id, engine == null ? Map.of() : Map.of("engine", engine));
  }
}
