package maestro.graph.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final String RUN = "maestro.run";

  @TempDir Path home;
  private final String before = System.getProperty(RUN);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(RUN);
    } else {
      System.setProperty(RUN, before);
    }
  }

  @Test
  void aJobIsClearedUpWhenItsProcessHasNoFolderAnyMore() throws IOException {
    System.setProperty(RUN, "4711");
    Path run = Files.createDirectories(home.resolve("run/4711"));
    Path result = home.resolve("score.wav");
    Journal journal = Journal.begin(home.resolve("jobs"), "film-score", "digest");
    Path growing = Files.writeString(journal.growing(result), "half");
    assertThat(Journal.sweep(home.resolve("jobs"))).isZero();
    assertThat(growing).exists();
    Files.delete(run);
    assertThat(Journal.sweep(home.resolve("jobs"))).isEqualTo(1);
    assertThat(growing.getParent()).doesNotExist();
    assertThat(Journal.sweep(home.resolve("jobs"))).isZero();
  }
}
