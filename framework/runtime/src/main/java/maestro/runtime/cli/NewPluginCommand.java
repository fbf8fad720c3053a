package maestro.runtime.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.runtime.bundles.Home;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code maestro new-plugin KIND NAME [DIR]}: a project with one class, its contract test and a
 * README, ready to build.
 */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "new-plugin",
    description =
        "Make the project of a new plugin: one class, its contract test, and what they are built with.",
    footer = {
      "",
      "Example: maestro new-plugin encoder mean-colour && cd mean-colour && mvn package"
    })
public final class NewPluginCommand implements MaestroCommand {
  /** What can be made. */
  enum Kind {
    encoder,
    control,
    sampler,
    vocoder,
    metric
  }

  private final Home home;
  private final String version;

  @Mixin private CommandOptions options;

  @Parameters(index = "0", paramLabel = "KIND", description = "One of ${COMPLETION-CANDIDATES}.")
  private Kind kind;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "Small letters, digits and hyphens: mean-colour.")
  private String name;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "DIR",
      description = "Folder to make; the name by default.")
  private Path folder;

  /** Made by Declarative Services. */
  @Activate
  public NewPluginCommand(BundleContext context, @Reference Home home) {
    this.home = home;
    this.version = context.getProperty("maestro.version");
  }

  @Override
  public Integer call() {
    if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "new-plugin",
          "'" + name + "' is no name for a plugin",
          "use small letters, digits and hyphens");
    }
    Path target = (folder == null ? Path.of(name) : folder).toAbsolutePath();
    Path repository = home.distribution().resolve("repository");
    try {
      if (Files.exists(target)
          && (!Files.isDirectory(target) || Files.list(target).findAny().isPresent())) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            target.toString(),
            "is there already",
            "name another folder");
      }
      if (!Files.isDirectory(repository)) {
        throw new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            "new-plugin",
            "this distribution has no folder 'repository' to build plugins against",
            "use the full distribution");
      }
      write(target);
      copy(repository, target.resolve("repository"));
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          target.toString(),
          "cannot be written (" + e + ")",
          "check its rights and the disk",
          e);
    }
    options.output().result(Map.of("plugin", kind + "." + name, "folder", target.toString()));
    options.output().line("%s.%s is made in %s; now:", kind, name, target);
    options.output().line("  cd %s && mvn package", target);
    options.output().line("  maestro bundles install target/maestro.%s.%s-0.1.0.jar", kind, name);
    return 0;
  }

  private void write(Path target) throws IOException {
    String packageName = "maestro." + kind + "." + name.replace("-", "");
    StringBuilder className = new StringBuilder();
    for (String word : name.split("-")) {
      className.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    String plugin = kind + "." + name;
    Map<String, String> values =
        Map.of(
            "@artifact@",
            "maestro." + plugin,
            "@name@",
            plugin,
            "@kind@",
            kind.name(),
            "@package@",
            packageName,
            "@class@",
            className.toString(),
            "@version@",
            version);
    String path = packageName.replace('.', '/') + "/" + className;
    fill("pom.xml", target.resolve("pom.xml"), values);
    fill("README.md", target.resolve("README.md"), values);
    fill(kind + ".java", target.resolve("src/main/java/" + path + ".java"), values);
    fill(kind + "Test.java", target.resolve("src/test/java/" + path + "Test.java"), values);
  }

  private static void fill(String template, Path target, Map<String, String> values)
      throws IOException {
    try (InputStream in = NewPluginCommand.class.getResourceAsStream("templates/" + template)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace(value.getKey(), value.getValue());
      }
      Files.createDirectories(target.getParent());
      Files.writeString(target, text);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
