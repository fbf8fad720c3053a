package maestro.graph.recipe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.host.PluginNames;
import maestro.api.host.PluginRegistry;
import maestro.files.AtomicFile;
import maestro.files.Home;
import maestro.files.names.PathGate;
import maestro.files.names.Printable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The recipes at hand: files {@code NAME.json} in a few folders, the first folder wins. Bases are
 * looked for beside the recipe that names them, then by name.
 */
@Component(service = RecipeBook.class)
public final class RecipeBook {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final String SUFFIX = ".json";
  private static final long MAX_BYTES = 1 << 20;

  private final List<Path> folders;
  private final Supplier<PluginNames> names;
  private final UnaryOperator<String> defaults;

  /** The user's own recipes, then those of the distribution. */
  @Activate
  public RecipeBook(BundleContext context, @Reference PluginRegistry registry) {
    this(
        Home.folders(context, "recipes"),
        () -> PluginNames.of(registry),
        command -> context.getProperty("maestro.recipe." + command));
  }

  /**
   * A book over folders; those that do not exist are empty.
   *
   * @param folders the user's own first; new recipes go there
   */
  public RecipeBook(List<Path> folders) {
    this(folders, () -> PluginNames.NONE);
  }

  /**
   * A book over folders, for plugins that were called otherwise before.
   *
   * @param names asked anew for each recipe
   */
  public RecipeBook(List<Path> folders, Supplier<PluginNames> names) {
    this(folders, names, command -> null);
  }

  private RecipeBook(
      List<Path> folders, Supplier<PluginNames> names, UnaryOperator<String> defaults) {
    this.folders = List.copyOf(folders);
    this.names = names;
    this.defaults = defaults;
  }

  /**
   * The recipe of a command when none is named: what the distribution says, in {@code
   * maestro.recipe.COMMAND}.
   *
   * @param otherwise when it says nothing
   */
  public String standard(String command, String otherwise) {
    String said = defaults.apply(command);
    return said == null ? otherwise : said;
  }

  /** Names of all recipes, sorted. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(SUFFIX) && !file.startsWith("."))
              .forEach(file -> names.add(file.substring(0, file.length() - SUFFIX.length())));
        } catch (IOException e) {
          throw new MaestroException(
              Kind.RESOURCE,
              "recipes",
              "cannot list " + folder,
              "check the folder's permissions",
              e);
        }
      }
    }
    return names;
  }

  /**
   * The recipe as it was written.
   *
   * @param nameOrFile a name, or a path that ends in {@code .json}
   * @throws MaestroException of kind INPUT when there is none or it cannot be read
   */
  public Recipe recipe(String nameOrFile) {
    return read(find(nameOrFile, null));
  }

  /** The file of a recipe. */
  public Path file(String nameOrFile) {
    return find(nameOrFile, null);
  }

  /**
   * The recipe with its bases folded in, and every plugin under the name it has today.
   *
   * @throws MaestroException of kind INPUT also when the bases go round in a circle
   */
  public ResolvedRecipe resolve(String nameOrFile) {
    Path file = find(nameOrFile, null);
    List<Recipe> chain = new ArrayList<>();
    Set<Path> seen = new LinkedHashSet<>();
    Recipe recipe = read(file);
    seen.add(file);
    chain.add(recipe);
    while (recipe.base() != null) {
      file = find(recipe.base(), file);
      recipe = read(file);
      chain.add(recipe);
      if (!seen.add(file)) {
        throw Recipe.refused(
            chain.get(0).name(),
            "its bases go round in a circle: "
                + String.join(" > ", chain.stream().map(Recipe::name).toList()),
            "take one 'base' out",
            null);
      }
    }
    Recipe root = chain.get(chain.size() - 1);
    if (!root.without().isEmpty()) {
      throw Recipe.refused(
          root.name(),
          "'without' " + String.join(", ", root.without()) + " has no base to take it from",
          "name a 'base', or take 'without' out",
          null);
    }
    PluginNames today = names.get();
    Recipe merged = root.current(today);
    for (int i = chain.size() - 2; i >= 0; i--) {
      merged = merged.changedBy(chain.get(i).current(today));
    }
    return ResolvedRecipe.of(merged);
  }

  /** A change of a recipe, with the names that plugins have today. */
  public Recipe current(Recipe change) {
    return change.current(names.get());
  }

  /**
   * Writes a new recipe into the user's own folder.
   *
   * @return the file
   * @throws MaestroException of kind INPUT when the name is taken or not a name
   */
  public Path create(Recipe recipe) {
    if (!NAME.matcher(recipe.name()).matches()) {
      throw notAName(recipe.name());
    }
    Path file = folders.get(0).resolve(recipe.name() + SUFFIX);
    if (names().contains(recipe.name())) {
      throw Recipe.refused(
          recipe.name(), "there is a recipe of that name", "choose another name", null);
    }
    AtomicFile.write(file, recipe.toJson().getBytes(StandardCharsets.UTF_8));
    return file;
  }

  private Path find(String nameOrFile, Path beside) {
    if (nameOrFile.endsWith(SUFFIX)) {
      Path from = beside == null ? given(nameOrFile) : named(nameOrFile, beside);
      if (Files.isRegularFile(from)) {
        return from.toAbsolutePath().normalize();
      }
      throw Recipe.refused(nameOrFile, "no such file", "see 'maestro recipes list'", null);
    }
    if (!NAME.matcher(nameOrFile).matches()) {
      throw notAName(nameOrFile);
    }
    List<Path> places = new ArrayList<>();
    if (beside != null && beside.getParent() != null) {
      places.add(beside.getParent());
    }
    places.addAll(folders);
    for (Path folder : places) {
      Path file = folder.resolve(nameOrFile + SUFFIX);
      if (Files.isRegularFile(file)) {
        return file.toAbsolutePath().normalize();
      }
    }
    Set<String> names = names();
    throw Recipe.refused(
        nameOrFile,
        "there is no recipe of that name",
        names.isEmpty()
            ? "give a file that ends in .json"
            : "use one of " + String.join(", ", names),
        null);
  }

  /** A file as a person gave it, wherever it is. */
  private static Path given(String file) {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw notAName(Printable.of(file));
    }
  }

  /** A file that a recipe names: in its own folder or below. */
  private static Path named(String base, Path recipe) {
    try {
      return PathGate.below(recipe.toAbsolutePath().getParent(), base);
    } catch (PathGate.RefusedNameException e) {
      throw Recipe.refused(
          recipe.getFileName().toString(),
          "its base cannot be used: " + e.getMessage(),
          "put the base beside the recipe, or name a recipe that is installed",
          e);
    }
  }

  private static MaestroException notAName(String name) {
    return Recipe.refused(
        name,
        "not a name for a recipe",
        "use letters, digits, dot, dash and underscore, or a path ending in .json",
        null);
  }

  private static Recipe read(Path file) {
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw Recipe.refused(name, "the file is larger than a megabyte", "give a recipe", null);
      }
      return Recipe.parse(name, Files.readString(file));
    } catch (IOException e) {
      throw Recipe.refused(
          name, "the file cannot be read (" + e.getMessage() + ")", "check the file", e);
    }
  }
}
