package maestro.commands;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.media.MediaReader;
import maestro.api.sound.Mel;
import maestro.api.sound.MelFrontEnd;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro mel}: the log-mel spectrogram of a piece of music. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "mel",
    description = "Compute the log-mel spectrogram of a piece of music: mel [T, 64].")
public final class MelCommand implements MaestroCommand {
  @Mixin CommandOptions options;

  @Parameters(
      paramLabel = "AUDIO",
      description = "Any sound or film FFmpeg reads; its first channel is taken.")
  Path audio;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT.safetensors",
      description = "Result: mel, frame after frame, natural logarithm.")
  Path out;

  @Reference MediaReader media;
  @Reference MelFrontEnd frontEnd;

  @Override
  public Integer call() {
    Outputs.check(out, "safetensors");
    Mel mel = frontEnd.mel(media.sound(audio));
    Safetensors.write(
        out,
        new NamedTensors(
            Map.of("mel", FloatTensor.of(mel.values(), mel.frames(), mel.bands())),
            Map.of(
                "sampleRateHz", Integer.toString(frontEnd.sampleRateHz()),
                "hopLength", Integer.toString(frontEnd.hopLength()))));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", out.toString());
    json.put("mel", new int[] {mel.frames(), mel.bands()});
    options
        .output()
        .result(
            json,
            "%s: mel [%d, %d], %.2f s",
            out,
            mel.frames(),
            mel.bands(),
            (double) mel.frames() * frontEnd.hopLength() / frontEnd.sampleRateHz());
    return 0;
  }
}
