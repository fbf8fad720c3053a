package maestro.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The distribution this build has made, and commands in it. */
final class Built {
  static final Path DISTRIBUTION = Path.of(System.getProperty("test.distribution"));
  static final Path FILM = DISTRIBUTION.resolve("samples/sintel-10s.mp4");

  private static final long PATIENCE_SECONDS = 300;

  private Built() {}

  /** What a process did. */
  record Outcome(int code, String out, String err) {
    /** The same, when it ended well. */
    Outcome good() {
      assertThat(code).as("%s%n%s", out, err).isZero();
      return this;
    }
  }

  /** Runs a shell command line and waits for it. */
  static Outcome sh(Path folder, Map<String, String> environment, String line) throws Exception {
    File out = Files.createTempFile(folder, "out", ".txt").toFile();
    File err = Files.createTempFile(folder, "err", ".txt").toFile();
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
    Map<String, String> all = builder.environment();
    all.keySet().removeIf(name -> name.startsWith("LC_") || name.matches("LANG|MAESTRO_.*"));
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.put("MAESTRO_OPTS", natives());
    environment.forEach(
        (name, value) -> {
          if (name.equals("MAESTRO_OPTS")) {
            all.merge(name, value, (one, other) -> one + " " + other);
          } else if (value.isEmpty()) {
            all.remove(name);
          } else {
            all.put(name, value);
          }
        });
    Process process =
        builder
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(out)
            .redirectError(err)
            .start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("ends: %s", line).isTrue();
    return new Outcome(
        process.exitValue(),
        Files.readString(out.toPath(), StandardCharsets.UTF_8),
        Files.readString(err.toPath(), StandardCharsets.UTF_8));
  }

  /** The start script of a distribution, for a shell command line. */
  static String script(Path distribution) {
    return "'" + distribution.resolve("bin/maestro") + "'";
  }

  /** Where this build has unpacked the engines' libraries, as options of the JVM. */
  private static String natives() {
    List<String> options = new ArrayList<>();
    for (String name :
        List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_FLAVOR", "onnxruntime.native.path")) {
      options.add("-D" + name + "=" + System.getProperty(name));
    }
    return String.join(" ", options);
  }
}
