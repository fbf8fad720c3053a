package maestro.runtime.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maestro.api.MaestroException;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro help-texts}: what {@code --help} says, for a distribution that is being made. The
 * launcher then answers without starting anything.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "help-texts",
    hidden = true,
    description = "Write what --help says of each command into a folder of a distribution.")
public final class HelpTextsCommand implements MaestroCommand {
  @Reference private CommandLineService commands;

  @Mixin private CommandOptions options;

  @Parameters(paramLabel = "FOLDER", description = "The folder, usually help.")
  private Path folder;

  @Override
  public Integer call() {
    var texts = commands.helpTexts();
    try {
      Files.createDirectories(folder);
      for (var text : texts.entrySet()) {
        Files.writeString(folder.resolve(text.getKey() + ".txt"), text.getValue());
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          folder.toString(),
          "cannot be written (" + e + ")",
          "check its rights and the disk",
          e);
    }
    options.output().line("%d texts in %s", texts.size(), folder);
    return 0;
  }
}
