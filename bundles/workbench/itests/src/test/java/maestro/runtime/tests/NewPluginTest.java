package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code maestro new-plugin} makes compiles without a warning, becomes a bundle and runs. */
final class NewPluginTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "control", "sampler", "vocoder", "metric"})
  void aNewPluginBuildsAndIsOn(String kind) throws Exception {
    Path repository = PluginJars.DISTRIBUTION.resolve("repository/maestro/maestro.api/1");
    Files.createDirectories(repository);
    Files.write(repository.resolve("maestro.api-1.jar"), new byte[0]);
    Path project = folder.resolve("project");
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      assertThat(host.maestro("new-plugin", kind, "two-words", project.toString()).code()).isZero();
      assertThat(project.resolve("repository/maestro/maestro.api/1/maestro.api-1.jar")).exists();
      assertThat(project.resolve("pom.xml"))
          .content()
          .contains("<artifactId>maestro." + kind + ".two-words<")
          .doesNotContain("@");
      assertThat(project.resolve("README.md"))
          .content()
          .startsWith("# " + kind + ".two-words\n")
          .contains("`src/main/java/.../TwoWords.java`")
          .contains("maestro bundles install target/maestro." + kind + ".two-words-0.1.0.jar")
          .doesNotContainPattern("@[a-z]+@");
      Path classes = compile(project);
      Path bundle =
          PluginJars.build(classes, folder, kind + ".two-words", "maestro." + kind + ".twowords");
      assertThat(host.maestro("bundles", "install", bundle.toString()).code()).isZero();
      assertThat(host.maestro("bundles", "why", kind + ".two-words").out())
          .contains("is on")
          .contains(" " + kind + ".two-words");
    }
  }

  @Test
  void aNameThatIsNoneAndAFolderThatIsFullAreRefused() throws Exception {
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      assertThat(host.maestro("new-plugin", "encoder", "Two Words").err())
          .isEqualToNormalizingNewlines(
              "new-plugin: 'Two Words' is no name for a plugin; use small letters, digits and hyphens\n");
      assertThat(host.maestro("new-plugin", "encoder", "x", folder.toString()).code()).isEqualTo(3);
      assertThat(host.maestro("new-plugin", "painter", "x").code()).isEqualTo(2);
    }
  }

  private Path compile(Path project) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("-Xlint:all,-processing,-path,-classfile", "-Werror", "--release", "17", "-d"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    arguments.add(classes.toString());
    arguments.add("-cp");
    arguments.add(System.getProperty("java.class.path"));
    try (var files = Files.walk(project.resolve("src/main"))) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(file -> arguments.add(file.toString()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    return classes;
  }
}
