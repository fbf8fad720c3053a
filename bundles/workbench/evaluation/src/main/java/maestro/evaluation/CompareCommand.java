package maestro.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.host.PluginLease;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaReader;
import maestro.api.sound.Mel;
import maestro.api.sound.MelFrontEnd;
import maestro.api.sound.Sound;
import maestro.files.AtomicFile;
import maestro.plots.SoundPlot;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro compare}: sounds side by side, as in figures 4 and 8 of the paper. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "compare",
    description =
        "Draw spectrogram, melody and dynamics of sounds side by side (paper, figures 4 and 8).")
public final class CompareCommand implements MaestroCommand {
  private static final int MOST = 6;

  @Reference PluginRegistry registry;
  @Reference MediaReader media;
  @Reference MelFrontEnd frontEnd;

  @Mixin CommandOptions options;

  @Parameters(
      paramLabel = "[TITLE=]SOUND",
      arity = "1..*",
      description = "Sounds or films, up to six: original=a.wav style=b.ogg generated=c.mp4")
  List<String> sounds;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE.png",
      description = "Picture to write.")
  Path out;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How much of each is shown; default ${DEFAULT-VALUE}.")
  double seconds;

  @Override
  public Integer call() {
    if (sounds.size() > MOST || !(seconds >= 0.1 && seconds <= 600)) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "compare",
          sounds.size() + " sounds of " + seconds + " s cannot be drawn side by side",
          "give up to " + MOST + " sounds and 0.1 to 600 seconds");
    }
    List<SoundPlot.Sounding> columns = new ArrayList<>();
    try (PluginLease<StyleControl> melody =
            registry.lease(StyleControl.class, "control.melody", Map.of());
        PluginLease<StyleControl> dynamics =
            registry.lease(StyleControl.class, "control.dynamics", Map.of())) {
      for (String one : sounds) {
        int at = one.indexOf('=');
        Path file = Path.of(one.substring(at + 1));
        String title = at > 0 ? one.substring(0, at) : String.valueOf(file.getFileName());
        Sound sound = media.sound(file, 0, seconds);
        Mel mel = frontEnd.mel(sound);
        FrameGrid grid = new FrameGrid(mel.frames(), frontEnd.sampleRateHz(), frontEnd.hopLength());
        columns.add(
            new SoundPlot.Sounding(
                title,
                mel,
                melody.service().extract(sound, grid),
                dynamics.service().extract(sound, grid)));
      }
    }
    AtomicFile.write(out, new SoundPlot(columns).png());
    options
        .output()
        .result(
            Map.of("picture", out.toString(), "sounds", sounds.size()),
            "%s: %d sounds",
            out,
            sounds.size());
    return 0;
  }
}
