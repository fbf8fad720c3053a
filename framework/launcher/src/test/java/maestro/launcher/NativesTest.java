package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engines are told about a distribution's native libraries. */
final class NativesTest {
  @TempDir Path distribution;

  private final Properties before = (Properties) System.getProperties().clone();

  @BeforeEach
  void libraries() throws IOException {
    assumeThat(System.getenv("PYTORCH_LIBRARY_PATH")).isNull();
    Files.createDirectories(distribution.resolve("native/torch"));
    Files.createDirectories(distribution.resolve("native/onnxruntime"));
    System.clearProperty("PYTORCH_LIBRARY_PATH");
    System.clearProperty("PYTORCH_FLAVOR");
    System.clearProperty("onnxruntime.native.path");
  }

  @AfterEach
  void restore() {
    System.setProperties(before);
  }

  @Test
  void processorLibrariesAreTakenAsSuch() {
    Natives.configure(distribution, distribution);
    assertThat(System.getProperty("PYTORCH_LIBRARY_PATH"))
        .isEqualTo(distribution.resolve("native/torch").toString());
    assertThat(System.getProperty("PYTORCH_FLAVOR")).isEqualTo("cpu");
    assertThat(System.getProperty("onnxruntime.native.path"))
        .isEqualTo(distribution.resolve("native/onnxruntime").toString());
  }

  @Test
  void withCudaLibrariesTheFlavourIsLeftToTheMachine() throws IOException {
    Files.createFile(
        distribution.resolve("native/torch").resolve(System.mapLibraryName("torch_cuda")));
    Natives.configure(distribution, distribution);
    assertThat(System.getProperty("PYTORCH_FLAVOR")).isNull();
  }

  @Test
  void whatIsSetAlreadyStays() {
    System.setProperty("onnxruntime.native.path", "elsewhere");
    Natives.configure(distribution, distribution);
    assertThat(System.getProperty("onnxruntime.native.path")).isEqualTo("elsewhere");
  }
}
