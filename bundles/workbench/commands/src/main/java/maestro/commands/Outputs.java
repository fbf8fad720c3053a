package maestro.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;

/** Looks at the name of a result before the work begins. */
final class Outputs {
  private Outputs() {}

  static void check(Path out, String... endings) {
    Path last = out.getFileName();
    String name = last == null ? out.toString() : last.toString();
    if (Arrays.stream(endings)
        .noneMatch(ending -> name.toLowerCase(Locale.ROOT).endsWith("." + ending))) {
      String all = "." + String.join(", .", endings);
      throw new MaestroException(
          Kind.USAGE, name, "this command writes " + all, "end the name in " + all);
    }
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new MaestroException(
          Kind.INPUT, name, "there is no folder " + folder, "create it first");
    }
    if (Files.isDirectory(out)) {
      throw new MaestroException(Kind.INPUT, name, "it is a folder", "give a file");
    }
  }
}
