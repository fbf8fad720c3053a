package maestro.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maestro.api.MaestroException;
import maestro.api.media.MediaReader;
import maestro.files.Json;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro dataset}: builds, splits, checks and describes manifests. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(
    name = "dataset",
    description = "Build, split, check and describe datasets of film and music.")
public final class DatasetCommand implements MaestroCommand {
  private static final ObjectMapper JSON = Json.PLAIN;

  private final MediaReader media;

  /** What a manifest is built from. */
  public enum Kind {
    /** A folder of films, all consecutive clips. */
    films,
    /** A folder of films, two clips from the middle of each (HIMV). */
    himv,
    /** A folder of music, the subfolder being the composer. */
    music,
    /** A table of annotated segments (FilmScoreDB). */
    filmscoredb,
    /** A pair list of EmoMV, or a folder of all eight. */
    emomv
  }

  /** A command over this reader. */
  @Activate
  public DatasetCommand(@Reference MediaReader media) {
    this.media = media;
  }

  @Command(name = "build", description = "Make a manifest from a folder or a table.")
  int build(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "KIND", description = "One of ${COMPLETION-CANDIDATES}.") Kind kind,
      @Parameters(
              paramLabel = "SOURCE",
              description = "Folder, or table of comma-separated values.")
          Path source,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE",
              description = "Manifest to write.")
          Path out,
      @Option(
              names = "--subset-seconds",
              paramLabel = "S",
              defaultValue = "30",
              description = "EmoMV: length of the subset's pieces, 30 (A, C) or 10 (B).")
          double seconds,
      @Option(
              names = "--split",
              paramLabel = "NAME",
              description =
                  "EmoMV: the split of this list. In a folder of lists their names say split and subset.")
          String split,
      @Option(
              names = "--include-mismatched",
              description =
                  "EmoMV: keep pairs of a film with foreign music; training and evaluation then take them, too.")
          boolean mismatched,
      @Option(names = "--remove-vocals", description = "Take the singing out of the music.")
          boolean removeVocals,
      @Option(
              names = "--vocal-remover",
              paramLabel = "PROGRAM",
              defaultValue = "demucs",
              description =
                  "What takes it out: demucs, which you install, or a program that is called like it.")
          String remover,
      @Option(
              names = "--root",
              paramLabel = "DIR",
              description =
                  "Root of the dataset, for --remove-vocals; default: a source that is a folder, else the manifest's.")
          Path root) {
    if (!Files.exists(source)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          source.toString(),
          "there is no such file or folder",
          "give one that exists");
    }
    Map<String, String> refused = new TreeMap<>();
    List<Clip> clips =
        switch (kind) {
          case films, himv ->
              Builders.films(
                  source,
                  file -> media.probe(file).durationSeconds(),
                  kind == Kind.himv,
                  (file, reason) -> refused.put(file.toString(), reason.getMessage()));
          case music ->
              Builders.music(
                  source,
                  file -> media.sound(file).seconds(),
                  (file, reason) -> refused.put(file.toString(), reason.getMessage()));
          case filmscoredb -> Builders.filmScores(source);
          case emomv ->
              Files.isDirectory(source)
                  ? Builders.emoMvLists(
                      source,
                      mismatched,
                      (file, reason) -> refused.put(file.toString(), reason.getMessage()))
                  : Builders.emoMv(source, seconds, split, mismatched);
        };
    Output output = options.output();
    if (removeVocals) {
      Path base =
          root != null
              ? root
              : Files.isDirectory(source) ? source : out.toAbsolutePath().getParent();
      clips =
          new Accompaniments(
                  base, new DemucsVocalRemover(remover, () -> options.cancellation().check()))
              .of(
                  clips,
                  music -> {
                    options.cancellation().check();
                    output.line("taking the singing out of %s", music);
                  },
                  refused);
    }
    Manifest.write(out, clips);
    refused.forEach((file, reason) -> output.warn("left out: %s", reason));
    output.result(
        Map.of("manifest", out.toString(), "clips", clips.size(), "leftOut", refused),
        "%s: %d clips, %d files left out",
        out,
        clips.size(),
        refused.size());
    return 0;
  }

  @Command(
      name = "split",
      description = "Sort the clips into train, val and test; explicit splits win.")
  int split(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "MANIFEST") Path manifest,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE")
          Path out,
      @Option(
              names = "--by",
              defaultValue = "FILM",
              description = "What stays together: ${COMPLETION-CANDIDATES}.")
          Splits.By by,
      @Option(names = "--val", paramLabel = "SHARE", defaultValue = "0.089") double validation,
      @Option(names = "--test", paramLabel = "SHARE", defaultValue = "0.089") double test,
      @Option(names = "--seed", paramLabel = "N", defaultValue = "7") long seed) {
    List<Clip> clips = Manifest.read(manifest);
    try {
      Splits.assign(clips, by, validation, test, seed);
    } catch (IllegalArgumentException e) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "dataset split",
          e.getMessage(),
          "change --val or --test",
          e);
    }
    Manifest.write(out, clips);
    describe(options.output(), Report.of(clips));
    return 0;
  }

  @Command(
      name = "report",
      description = "Hours, composers, genres, and films found in several splits.")
  int report(@Mixin CommandOptions options, @Parameters(paramLabel = "MANIFEST") Path manifest) {
    describe(options.output(), Report.of(Manifest.read(manifest)));
    return 0;
  }

  @Command(name = "check", description = "Check a manifest and that its files are there.")
  int check(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "MANIFEST") Path manifest,
      @Option(
              names = "--root",
              paramLabel = "DIR",
              description = "Root of the dataset; default: the manifest's folder.")
          Path root) {
    List<Clip> clips = Manifest.read(manifest);
    Path base = root == null ? manifest.toAbsolutePath().getParent() : root;
    List<String> missing = new ArrayList<>();
    for (Clip clip : clips) {
      for (String path : new String[] {clip.video, clip.audio}) {
        if (path != null && !Files.isRegularFile(base.resolve(path)) && !missing.contains(path)) {
          missing.add(path);
        }
      }
    }
    missing.forEach(path -> options.output().warn("missing: %s", path));
    options
        .output()
        .result(
            Map.of("clips", clips.size(), "missing", missing),
            "%d clips, %d files missing",
            clips.size(),
            missing.size());
    return missing.isEmpty() ? 0 : MaestroException.Kind.INPUT.exitCode();
  }

  @Command(
      name = "style-tests",
      description = "Draw the film clips and style pieces of a style-transfer test.")
  int styleTests(
      @Mixin CommandOptions options,
      @Parameters(paramLabel = "MANIFEST") Path manifest,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE")
          Path out,
      @Option(
              names = "--per-class",
              paramLabel = "N",
              defaultValue = "2",
              description = "Style pieces of each class.")
          int perClass,
      @Option(names = "--seed", paramLabel = "N", defaultValue = "7") long seed) {
    if (perClass < 1) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "--per-class",
          "illegal value: " + perClass + ", must be at least 1",
          "the paper uses 2 for genres and 10 for emotions");
    }
    List<Clip> clips =
        Manifest.read(manifest).stream().filter(clip -> "test".equals(clip.split)).toList();
    List<StyleTests.Pair> pairs = StyleTests.draw(clips, perClass, seed);
    if (pairs.isEmpty()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          manifest.toString(),
          clips.isEmpty()
              ? "no clip is in its split 'test'"
              : "no two test clips have different classes of style",
          clips.isEmpty()
              ? "make the splits with 'maestro dataset split'"
              : "fill in genres, emotion or composer");
    }
    StringBuilder lines = new StringBuilder();
    try {
      for (StyleTests.Pair pair : pairs) {
        lines.append(JSON.writeValueAsString(pair)).append('\n');
      }
      Files.writeString(out, lines);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          out.toString(),
          "it cannot be written",
          "check disk and permissions",
          e);
    }
    options
        .output()
        .result(
            Map.of("pairs", pairs.size(), "clips", clips.size()),
            "%s: %d pairs",
            out,
            pairs.size());
    return 0;
  }

  private static void describe(Output output, Report report) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("clips", report.clips());
    object.put("hours", report.hours());
    object.put("splits", report.splits());
    object.put("composers", report.composers());
    object.put("genres", report.genres());
    object.put("filmsInSeveralSplits", report.filmsInSeveralSplits());
    output.result(object, "%d clips, %.2f hours", report.clips(), report.hours());
    report
        .splits()
        .forEach(
            (name, share) ->
                output.line("  %-6s %6d clips %8.2f h", name, share.clips(), share.hours()));
    print(output, "composers", report.composers());
    print(output, "genres", report.genres());
    report
        .filmsInSeveralSplits()
        .forEach(
            (film, splits) -> output.line("  leak: %s is in %s", film, String.join(", ", splits)));
  }

  private static void print(Output output, String title, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      output.line("  %s", title);
      counts.forEach((name, count) -> output.line("    %6d  %s", count, name));
    }
  }
}
