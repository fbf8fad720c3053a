package maestro.commands;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.sound.Sound;
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

/** {@code maestro controls}: what the style controls hear in a piece of music. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "controls",
    description =
        "Hear melody and dynamics of a piece of music: melody [T, 12], dynamics [T, 1], in natural units.")
public final class ControlsCommand implements MaestroCommand {
  /** Four hours, the longest film. */
  private static final int MOST_FRAMES = 1_440_000;

  @Mixin CommandOptions options;

  @Parameters(paramLabel = "AUDIO", description = "Any sound or film FFmpeg reads.")
  Path audio;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT.safetensors",
      description = "Result: one tensor for each control, under its short name.")
  Path out;

  @Option(
      names = "--control",
      split = ",",
      paramLabel = "NAME",
      description = "Controls to hear; default melody,dynamics.")
  List<String> controls = List.of("melody", "dynamics");

  @Option(
      names = "--frames",
      paramLabel = "T",
      description =
          "Frames of 10 ms; the sound is cut or padded with silence. Default: as long as the sound.")
  Integer frames;

  @Reference MediaReader media;
  @Reference PluginRegistry registry;

  @Override
  public Integer call() {
    Outputs.check(out, "safetensors");
    if (frames != null && (frames < 1 || frames > MOST_FRAMES)) {
      throw new MaestroException(
          Kind.USAGE, "--frames", "illegal value: " + frames, "give 1 to " + MOST_FRAMES);
    }
    Sound sound = media.sound(audio);
    FrameGrid grid = FrameGrid.PAPER.withFrames(frames == null ? framesOf(sound) : frames);
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", out.toString());
    for (String name : controls) {
      String full = Names.full("control", name);
      try (PluginLease<StyleControl> lease = registry.lease(StyleControl.class, full, Map.of())) {
        ControlSignal signal = lease.service().extract(sound, grid);
        tensors.put(
            Names.brief(full), FloatTensor.of(signal.values(), signal.frames(), signal.channels()));
        json.put(Names.brief(full), new int[] {signal.frames(), signal.channels()});
      }
      options.cancellation().check();
    }
    Safetensors.write(
        out,
        new NamedTensors(
            tensors,
            Map.of(
                "sampleRateHz", Integer.toString(grid.sampleRateHz()),
                "hopLength", Integer.toString(grid.hopSamples()))));
    options
        .output()
        .result(
            json,
            "%s: %s, %d frames of 10 ms",
            out,
            String.join(", ", tensors.keySet()),
            grid.frames());
    return 0;
  }

  /** As many as the mel of the sound has: samples at 16 kHz divided by the hop, rounded up. */
  static int framesOf(Sound sound) {
    FrameGrid grid = FrameGrid.PAPER;
    long samples = ceilDiv((long) sound.length() * grid.sampleRateHz(), sound.sampleRateHz());
    return Math.toIntExact(Math.max(1, ceilDiv(samples, grid.hopSamples())));
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
