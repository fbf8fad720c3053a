package maestro.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginDescription;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.api.media.MediaWriter;
import maestro.files.Sha256;
import maestro.files.names.PathGate;
import maestro.graph.run.GenerationGraph;
import maestro.graph.run.Manifest;
import maestro.graph.run.ScoreRequest;
import maestro.graph.run.ScoreResult;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro replay}: makes a result again from what it says of its own making. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "replay",
    description =
        "Make a result again from its own manifest, and say whether it has the same bits.",
    footer = {
      "",
      "The film and the style piece are known by name and digest; they are looked for beside the",
      "result and in the current folder, unless --film and --style say where they are."
    })
public final class ReplayCommand implements MaestroCommand {
  @Mixin CommandOptions options;

  @Parameters(paramLabel = "FILE", description = "A WAV or film that Maestro made.")
  Path file;

  @Option(names = "--film", paramLabel = "FILM", description = "Where the film is now.")
  Path film;

  @Option(names = "--style", paramLabel = "AUDIO", description = "Where the style piece is now.")
  Path style;

  @Option(
      names = "--curve",
      paramLabel = "CONTROL=FILE",
      description = "Where the file is now that a control was given as.")
  Map<String, Path> curves = new LinkedHashMap<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description = "Result; default: beside FILE, with -replay in its name.")
  Path out;

  @Option(
      names = "--cached",
      description = "Take stages from the cache instead of computing all of them.")
  boolean cached;

  @Option(names = "--show", description = "Only show the manifest.")
  boolean show;

  @Reference GenerationGraph graph;
  @Reference PluginRegistry registry;
  @Reference MediaWriter media;

  @Override
  public Integer call() {
    String name = String.valueOf(file.getFileName());
    if (!Files.isRegularFile(file)) {
      throw new MaestroException(Kind.INPUT, name, "there is no such file", "check the path");
    }
    if (show) {
      String manifest = media.provenance(file).manifest();
      options.output().result(Manifest.tree(name, manifest));
      options.output().line("%s", Manifest.pretty(name, manifest));
      return 0;
    }
    Manifest manifest = Manifest.read(name, media.provenance(file));
    List<String> differences = differences(manifest);
    differences.forEach(difference -> options.output().warn("note: %s", difference));
    Path source = locate(manifest.film(), film, "--film");
    Optional<Path> piece = manifest.style().map(recorded -> locate(recorded, style, "--style"));
    Map<String, Path> given = new LinkedHashMap<>();
    curves.forEach((control, where) -> given.put(Names.full("control", control), where));
    Map<String, Path> drawn = new LinkedHashMap<>();
    manifest
        .curves()
        .forEach(
            (control, recorded) ->
                drawn.put(
                    control, locate(recorded, given.get(control), "--curve " + control + "=FILE")));
    Path result = out != null ? out : beside(name);
    ScoreResult score;
    try (Watcher watcher = new Watcher(options)) {
      score =
          (cached ? graph : graph.uncached())
              .score(
                  new ScoreRequest(
                          manifest.recipe().current(PluginNames.of(registry)),
                          source,
                          piece,
                          Optional.of(result))
                      .withCurves(drawn),
                  watcher);
    }
    boolean same = same(file, result);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", result.toString());
    json.put("identical", same);
    json.put("differences", differences);
    json.put("seconds", score.score().sound().seconds());
    options
        .output()
        .result(
            json,
            "%s: %s",
            result,
            same ? "the same bits as " + name : "not the same bits as " + name);
    return 0;
  }

  /** What is installed here that the result was not made with. */
  private List<String> differences(Manifest manifest) {
    List<PluginDescription> here = registry.plugins();
    List<String> differences = new ArrayList<>();
    manifest
        .plugins()
        .forEach(
            (name, digest) -> {
              List<PluginDescription> installed =
                  here.stream().filter(plugin -> plugin.answersTo(name)).toList();
              if (!installed.isEmpty()
                  && installed.stream()
                      .noneMatch(
                          plugin ->
                              plugin.code().wired().equals(digest)
                                  || plugin.digest().equals(digest))) {
                differences.add(
                    name + " is another build than the result was made with; the bits may differ");
              }
            });
    return differences;
  }

  private Path locate(Manifest.Source recorded, Path given, String option) {
    List<Path> places = new ArrayList<>();
    if (given != null) {
      places.add(given);
    } else {
      Path plain = plain(recorded.name());
      places.add(file.toAbsolutePath().resolveSibling(plain));
      places.add(plain.toAbsolutePath());
    }
    for (Path place : places) {
      if (Files.isRegularFile(place) && Sha256.of(place).equals(recorded.digest())) {
        return place;
      }
    }
    throw new MaestroException(
        Kind.INPUT,
        recorded.name(),
        given == null
            ? "it is neither beside the result nor in the current folder"
            : given + " is not the file the result was made from",
        "say where it is with " + option + " (SHA-256 " + recorded.digest() + ")");
  }

  /** The name comes from the file and is not trusted: only its last part counts. */
  private static Path plain(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    PathGate.refusalOfName(last)
        .ifPresent(
            reason -> {
              throw new MaestroException(
                  Kind.INPUT,
                  "manifest",
                  "the name of a file in it cannot be used: " + reason,
                  "say where the files are with --film, --style and --curve");
            });
    return Path.of(last);
  }

  private Path beside(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 1) {
      throw new MaestroException(
          Kind.INPUT,
          name,
          "its name has no ending that says what it is",
          "say where the result goes with -o, as in -o " + name + "-replay.wav");
    }
    return file.toAbsolutePath()
        .resolveSibling(name.substring(0, dot) + "-replay" + name.substring(dot));
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.mismatch(one, other) < 0;
    } catch (IOException e) {
      throw new MaestroException(
          Kind.RESOURCE, other.getFileName().toString(), "it cannot be read", "try again", e);
    }
  }
}
