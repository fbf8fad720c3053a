package maestro.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import org.osgi.framework.BundleContext;

/** Where the host keeps things, by its framework properties. */
public final class Home {
  private Home() {}

  /**
   * The folder for what outlives a process: {@code maestro.home}, or {@code .maestro} in the user's
   * own.
   */
  public static Path of(BundleContext context) {
    String given = context.getProperty("maestro.home");
    return given == null ? Path.of(System.getProperty("user.home"), ".maestro") : Path.of(given);
  }

  /**
   * Where things of a kind are, such as {@code recipes}: the user's own folder, then the
   * distribution's ({@code maestro.distribution}).
   */
  public static List<Path> folders(BundleContext context, String kind) {
    List<Path> folders = new ArrayList<>();
    folders.add(of(context).resolve(kind));
    String distribution = context.getProperty("maestro.distribution");
    if (distribution != null) {
      folders.add(Path.of(distribution, kind));
    }
    return folders;
  }

  /**
   * Version of Maestro for manifests, with the name of a distribution that has one of its own
   * ({@code maestro.product}).
   */
  public static String build(BundleContext context) {
    String version = context.getBundle().getVersion().toString();
    String product = context.getProperty("maestro.product");
    return product == null ? version : version + " in " + product;
  }

  /** A framework property that is a whole number. */
  public static long number(BundleContext context, String property, long otherwise) {
    String text = context.getProperty(property);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new MaestroException(
          Kind.CONFIGURATION,
          property,
          "illegal value: " + text + ", must be a whole number",
          "mend or remove it",
          e);
    }
  }
}
