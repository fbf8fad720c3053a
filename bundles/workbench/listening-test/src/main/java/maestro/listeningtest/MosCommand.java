package maestro.listeningtest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.files.AtomicFile;
import maestro.files.Json;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.command.Output;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maestro mos}: prepares a listening test and collects its ratings. */
@Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
@Command(name = "mos", description = "Listening tests: make the page, collect the ratings.")
public final class MosCommand implements MaestroCommand {

  @Reference MediaReader reader;
  @Reference MediaWriter writer;

  @Command(
      name = "prepare",
      description = "Make a self-contained page for the raters, and the key that stays here.")
  int prepare(
      @Mixin CommandOptions options,
      @Option(
              names = "--method",
              required = true,
              paramLabel = "NAME=DIR",
              description = {
                "A method and its folder of sounds or films, also generated/METHOD of an experiment; once for each method.",
                "All pieces are brought to one rate, number of channels, length and loudness."
              })
          Map<String, Path> methods,
      @Option(
              names = "--anchor",
              paramLabel = "NAME=DIR",
              description = "Pieces that mark an end of the scale: real music, noise.")
          Map<String, Path> anchors,
      @Option(
              names = "--pieces",
              paramLabel = "N",
              defaultValue = "5",
              description = "Pieces of each method; default ${DEFAULT-VALUE}.")
          int pieces,
      @Option(
              names = "--title",
              defaultValue = "Listening test",
              description = "Heading of the page; name no method.")
          String title,
      @Option(names = "--seed", paramLabel = "N", defaultValue = "7") long seed,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE.html",
              description = "Page for the raters.")
          Path out,
      @Option(
              names = "--key",
              paramLabel = "FILE.json",
              description = "Key to keep; default: beside the page, .key.json.")
          Path key) {
    if (pieces < 1) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "mos prepare",
          "--pieces is " + pieces,
          "ask for at least one");
    }
    ListeningTest.Prepared prepared =
        ListeningTest.prepare(
            new AlikePieces(reader, writer),
            title,
            methods,
            anchors == null ? Map.of() : anchors,
            pieces,
            seed);
    Path keyFile =
        key != null
            ? key
            : out.resolveSibling(
                out.getFileName().toString().replaceAll("\\.html?$", "") + ".key.json");
    write(out, prepared.page());
    write(keyFile, Json.pretty(prepared.key()));
    AlikePieces.Alike alike = prepared.pieces();
    alike.remarks().forEach(remark -> options.output().warn("note: %s", remark));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("page", out.toString());
    object.put("key", keyFile.toString());
    object.put("pieces", prepared.key().pieces().size());
    object.put("sampleRateHz", alike.sampleRateHz());
    object.put("channels", alike.channels());
    object.put("seconds", alike.seconds());
    object.put("loudness", Double.isNaN(alike.loudness()) ? null : alike.loudness());
    object.put("remarks", alike.remarks());
    Output output = options.output();
    output.result(
        object,
        "%s: %d pieces; send it to the raters and keep %s to yourself",
        out,
        prepared.key().pieces().size(),
        keyFile);
    output.line(
        "All pieces have %d Hz, %s, %.1f s and %.1f LUFS.",
        alike.sampleRateHz(),
        alike.channels() == 1 ? "one channel" : "two channels",
        alike.seconds(),
        alike.loudness());
    return 0;
  }

  @Command(name = "collect", description = "Means with 95 %% intervals and the raters' agreement.")
  int collect(
      @Mixin CommandOptions options,
      @Parameters(index = "0", paramLabel = "KEY", description = "The key written by prepare.")
          Path keyFile,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "RATINGS",
              description = "Files the raters sent back.")
          List<Path> files) {
    ListeningTest.Key key = ListeningTest.key(keyFile);
    List<Opinions.Ratings> ratings = new ArrayList<>();
    for (Path file : files) {
      ratings.add(Opinions.read(file, key));
    }
    Opinions.Result result = Opinions.evaluate(key, ratings);
    Output output = options.output();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("raters", result.raters());
    object.put("methods", result.methods());
    object.put("anchors", result.anchors());
    object.put("agreement", result.agreement());
    output.result(object, "%d raters; mean with 95 %% interval", result.raters());
    output.line("%-20s %14s %14s %14s %14s", "", "MOS", "quality", "clarity", "delay");
    result.methods().forEach((method, means) -> row(output, method, means));
    result.anchors().forEach((method, means) -> row(output, method + " (anchor)", means));
    result
        .agreement()
        .forEach(
            (question, alpha) ->
                output.line(
                    "agreement on %s: %s",
                    question,
                    alpha.isNaN()
                        ? "not defined, too few ratings or all the same"
                        : String.format(
                            java.util.Locale.ROOT, "%.2f (Krippendorff's alpha)", alpha)));
    return 0;
  }

  private static void row(Output output, String method, Map<String, Opinions.Mean> means) {
    List<Object> cells = new ArrayList<>();
    cells.add(method);
    means
        .values()
        .forEach(
            mean ->
                cells.add(
                    String.format(
                        java.util.Locale.ROOT, "%.2f ± %.2f", mean.mean(), mean.interval())));
    output.line("%-20s %14s %14s %14s %14s", cells.toArray());
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
