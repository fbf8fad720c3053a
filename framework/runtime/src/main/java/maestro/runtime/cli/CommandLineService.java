package maestro.runtime.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import maestro.api.MaestroException;
import maestro.runtime.bundles.BundleLeases;
import maestro.runtime.bundles.Launcher;
import maestro.runtime.command.Cancellation;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.MaestroCommand;
import maestro.runtime.plugins.Explanations;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line: finds the commands among the services, runs one, says what went wrong. To the
 * launcher, which shares no class with the bundles, it is a {@code BiFunction<String[],
 * OutputStream[], Integer>} with the role {@code command-line}: arguments, the two streams, exit
 * code. The role {@code cancel} is a {@code Runnable} that stops what runs, {@code help-texts} a
 * {@code Supplier} of what {@code --help} says.
 */
@Component(service = CommandLineService.class, immediate = true)
public final class CommandLineService {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLineService.class);

  private final BundleContext context;
  private final BundleLeases leases;
  private final Explanations explanations;
  private final boolean resident;
  private final NativeHeap memory = new NativeHeap();
  private final Set<Cancellation> running = java.util.concurrent.ConcurrentHashMap.newKeySet();

  /** The group all commands are in. */
  @Command(
      name = "maestro",
      description = "Write a score for a piece of film.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "Everywhere: --framework felix|equinox, --home FOLDER (or MAESTRO_HOME), --features FILE[,FILE].",
        "'maestro --features FILE[,FILE] --assemble FOLDER-OR-ZIP' makes a distribution of those features;",
        "--complete adds the bundles that it lacks.",
        "'maestro COMMAND --help' explains a command."
      })
  static final class Root {
    @CommandLine.Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    private boolean help;

    @CommandLine.Option(
        names = {"-v", "--verbose"},
        description = "Show the details behind an error and more of what happens.")
    private boolean
        verbose; // looked for in all arguments; here so that it may stand before the command

    @CommandLine.Option(names = "--version", description = "Show the version.")
    private boolean version; // answered by the launcher; here for the help
  }

  /** Made by Declarative Services. */
  @Activate
  public CommandLineService(
      BundleContext context, @Reference BundleLeases leases, @Reference Explanations explanations) {
    this.context = context;
    this.leases = leases;
    this.explanations = explanations;
    this.resident = Boolean.parseBoolean(context.getProperty("maestro.resident"));
    BiFunction<String[], OutputStream[], Integer> commandLine =
        (arguments, streams) ->
            run(
                List.of(arguments),
                new PrintWriter(streams[0], true, StandardCharsets.UTF_8),
                new PrintWriter(streams[1], true, StandardCharsets.UTF_8));
    Launcher.offer(context, BiFunction.class, commandLine, "command-line");
    Launcher.offer(context, Runnable.class, this::cancel, "cancel");
    Supplier<Map<String, String>> help = this::helpTexts;
    Launcher.offer(context, Supplier.class, help, "help-texts");
  }

  @Deactivate
  void stop() {
    cancel();
  }

  /** Asks all running commands to stop. */
  void cancel() {
    running.forEach(Cancellation::request);
  }

  /** Asks all running commands but one to stop. */
  void cancelAllBut(Cancellation one) {
    running.stream().filter(cancellation -> cancellation != one).forEach(Cancellation::request);
  }

  /** Names of the commands that are there now. */
  Set<String> names() {
    try (Commands commands = new Commands(new Cancellation())) {
      return Set.copyOf(commands.commandLine().getSubcommands().keySet());
    }
  }

  /** What {@code --help} says, by command: {@code maestro}, {@code packs}, {@code packs.list}. */
  Map<String, String> helpTexts() {
    Map<String, String> texts = new TreeMap<>();
    try (Commands commands = new Commands(new Cancellation())) {
      CommandLine root = commands.commandLine();
      texts.put("maestro", root.getUsageMessage(CommandLine.Help.Ansi.OFF));
      root.getSubcommands().forEach((name, command) -> addHelp(name, command, texts));
    }
    return texts;
  }

  private static void addHelp(String name, CommandLine command, Map<String, String> texts) {
    texts.put(name, command.getUsageMessage(CommandLine.Help.Ansi.OFF));
    command.getSubcommands().forEach((sub, inner) -> addHelp(name + "." + sub, inner, texts));
  }

  /** Runs one command of a shell; errors go to the error stream as ever. */
  int run(List<String> arguments, PrintWriter out) {
    return run(arguments, out, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }

  /**
   * Runs one command.
   *
   * @return the exit code
   */
  int run(List<String> arguments, PrintWriter out, PrintWriter err) {
    Cancellation cancellation = new Cancellation();
    boolean verbose = arguments.contains("--verbose") || arguments.contains("-v");
    PrintWriter object = arguments.contains("--json") ? out : null;
    running.add(cancellation);
    memory.begin();
    try (Commands commands = new Commands(cancellation)) {
      CommandLine line = commands.commandLine(arguments);
      line.setOut(out).setErr(err);
      line.setExecutionExceptionHandler(
          (failure, where, parsed) -> Failures.report(failure, verbose, object, err));
      line.setExecutionStrategy(
          parsed -> {
            Results.check(parsed);
            return new CommandLine.RunLast().execute(parsed);
          });
      line.setParameterExceptionHandler((failure, given) -> usage(failure, arguments, object, err));
      int code = 0;
      if (arguments.isEmpty()) {
        line.usage(out);
      } else {
        code = line.execute(arguments.toArray(String[]::new));
      }
      return code == 0 && out.checkError()
          ? Failures.report(lostOutput(), verbose, null, err)
          : code;
    } catch (LinkageError
        | OutOfMemoryError
        | StackOverflowError e) { // picocli hands over exceptions only
      return Failures.report(e, verbose, object, err);
    } finally {
      running.remove(cancellation);
      memory.end(running.isEmpty() && !resident);
      out.flush();
      err.flush();
    }
  }

  private static MaestroException lostOutput() {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        "standard output",
        "cannot be written, so what was to be shown is lost",
        "check the disk, or what reads the output");
  }

  private int usage(
      CommandLine.ParameterException failure,
      List<String> arguments,
      PrintWriter object,
      PrintWriter err) {
    CommandLine where = failure.getCommandLine();
    String command = where.getCommandSpec().qualifiedName();
    if (where.getParent() == null && failure instanceof CommandLine.UnmatchedArgumentException) {
      String name = arguments.get(0);
      for (Bundle bundle : context.getBundles()) {
        for (String sentence : explanations.waiting(bundle)) {
          if (sentence.matches(
              "(?i)maestro\\.[a-z.]*\\."
                  + name.replaceAll("\\W", "")
                  + "Command (waits|cannot).*")) {
            MaestroException waits =
                new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    "maestro " + name,
                    sentence,
                    "see 'maestro bundles why " + bundle.getSymbolicName() + "'");
            return Failures.report(waits, false, object, err);
          }
        }
      }
    }
    String cause = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    int code =
        Failures.report(
            new MaestroException(
                MaestroException.Kind.USAGE, command, cause, "see '" + command + " --help'"),
            false,
            object,
            err);
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, err);
    err.flush();
    return code;
  }

  /** The commands of one run. Each is made when picocli needs it, and given back at the end. */
  private final class Commands implements AutoCloseable, CommandLine.IFactory {
    private final Cancellation cancellation;
    private final Map<String, ServiceReference<MaestroCommand>> references = new TreeMap<>();
    private final Map<Class<?>, ServiceReference<MaestroCommand>> byClass =
        new java.util.HashMap<>();
    private final List<Runnable> giveBack = new ArrayList<>();

    Commands(Cancellation cancellation) {
      this.cancellation = cancellation;
    }

    /** All of them. */
    CommandLine commandLine() {
      return commandLine(List.of());
    }

    /** The one that arguments begin with, or all when they begin with none. */
    CommandLine commandLine(List<String> arguments) {
      CommandLine line = new CommandLine(new Root(), this);
      for (ServiceReference<MaestroCommand> reference : services()) {
        Class<?> type = type(reference);
        Command annotation = type == null ? null : type.getAnnotation(Command.class);
        if (annotation != null && references.putIfAbsent(annotation.name(), reference) == null) {
          byClass.put(type, reference);
        }
      }
      if (!arguments.isEmpty()) {
        // To read a command's options takes a while, and the others' are of no use to it.
        ServiceReference<MaestroCommand> one = references.get(arguments.get(0));
        if (one != null) {
          references.values().retainAll(Set.of(one));
        }
      }
      String product = context.getProperty("maestro.product");
      if (product != null) {
        line.getCommandSpec().usageMessage().header(product);
      }
      references.forEach(
          (name, reference) ->
              line.addSubcommand(name, helpful(new CommandLine(type(reference), this))));
      return line;
    }

    /** A group has no options of its own, and still answers {@code --help}. */
    private CommandLine helpful(CommandLine command) {
      if (command.getCommandSpec().findOption("--help") == null) {
        command
            .getCommandSpec()
            .addOption(
                CommandLine.Model.OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help.")
                    .build());
      }
      return command;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <K> K create(Class<K> type) throws Exception {
      if (type == CommandOptions.class) {
        return (K) new CommandOptions(cancellation);
      }
      ServiceReference<MaestroCommand> reference = byClass.get(type);
      return reference == null ? CommandLine.defaultFactory().create(type) : (K) service(reference);
    }

    private MaestroCommand service(ServiceReference<MaestroCommand> reference) {
      Bundle bundle = reference.getBundle();
      if (bundle == null || !leases.acquire(bundle)) {
        throw new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            "maestro",
            "this command is being replaced",
            "try again");
      }
      giveBack.add(() -> leases.release(bundle));
      ServiceObjects<MaestroCommand> objects = context.getServiceObjects(reference);
      MaestroCommand command = objects == null ? null : objects.getService();
      if (command == null) {
        List<String> reasons = explanations.waiting(bundle);
        throw new MaestroException(
            MaestroException.Kind.CONFIGURATION,
            bundle.getSymbolicName(),
            reasons.isEmpty() ? "the command cannot be made" : reasons.get(0),
            "see 'maestro bundles why " + bundle.getSymbolicName() + "'");
      }
      giveBack.add(0, () -> objects.ungetService(command));
      return command;
    }

    @Override
    public void close() {
      giveBack.forEach(Runnable::run);
    }

    private List<ServiceReference<MaestroCommand>> services() {
      try {
        List<ServiceReference<MaestroCommand>> all =
            new ArrayList<>(context.getServiceReferences(MaestroCommand.class, null));
        all.removeIf(
            reference -> reference.getBundle() == null || leases.retired(reference.getBundle()));
        all.sort(Comparator.<ServiceReference<MaestroCommand>>naturalOrder().reversed());
        return all;
      } catch (InvalidSyntaxException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The annotated class, without an instance of it. */
    private static Class<?> type(ServiceReference<MaestroCommand> reference) {
      String name = String.valueOf(reference.getProperty("component.name"));
      try {
        return reference.getBundle().loadClass(name);
      } catch (ClassNotFoundException | NoClassDefFoundError e) {
        LOG.warn(
            "{} offers a command whose class {} does not load",
            reference.getBundle().getSymbolicName(),
            name,
            e);
        return null;
      }
    }
  }
}
