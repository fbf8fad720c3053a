package maestro.commands;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaWriter;
import maestro.api.pack.PackRepository;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.checkpoint.Safetensors;
import maestro.files.Sha256;
import maestro.graph.run.Manifest;
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

/** {@code maestro vocode}: sound of a mel-spectrogram. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(name = "vocode", description = "Turn a mel-spectrogram into sound.")
public final class VocodeCommand implements MaestroCommand {
  @Mixin CommandOptions options;

  @Mixin StageOptions stage;

  @Parameters(
      paramLabel = "MEL.safetensors",
      description = "Tensor mel [T, 64], as 'maestro mel' writes it.")
  Path mel;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT.wav",
      description = "Result: 16 kHz, one channel, 160 samples for each frame.")
  Path out;

  @Option(names = "--vocoder", paramLabel = "NAME", description = "Default ${DEFAULT-VALUE}.")
  String vocoder = "griffin-lim";

  @Reference PluginRegistry registry;
  @Reference MediaWriter media;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL)
  PackRepository packs;

  @Override
  public Integer call() {
    Outputs.check(out, "wav");
    String name = Names.full("vocoder", vocoder);
    Tensors in = new Tensors(mel, Safetensors.read(mel));
    Sound sound;
    try (Watcher watcher = new Watcher(options);
        PluginLease<Vocoder> lease = registry.lease(Vocoder.class, name, Map.of())) {
      SingleRun run = stage.run(name, packs, watcher);
      sound = lease.service().vocode(in.mel("mel"), run);
      media.wav(out, sound, Manifest.of("vocode", lease.plugin(), Sha256.of(mel), run));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", out.toString());
    json.put("seconds", sound.seconds());
    json.put("sampleRateHz", sound.sampleRateHz());
    options.output().result(json, "%s: %.2f s", out, sound.seconds());
    return 0;
  }
}
