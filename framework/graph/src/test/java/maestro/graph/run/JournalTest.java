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

  @Test
  void damagedDiariesAreSetAsideOnceAndOthersAreSweptAsEver() throws IOException {
    Path jobs = home.resolve("jobs");
    System.setProperty(RUN, "gone");
    Journal journal = Journal.begin(jobs, "film-score", "digest");
    Path growing = Files.writeString(journal.growing(home.resolve("score.wav")), "half");
    Files.writeString(jobs.resolve("a.jsonl"), "null\n");
    Files.writeString(jobs.resolve("b.jsonl"), "{\"event\":\"begin\"}\n{\"growing\": \"/\"}\n");
    Files.writeString(jobs.resolve("c.jsonl"), "[1]\n");
    Files.writeString(jobs.resolve("d.jsonl"), "{\"growing\": \"a\\u0000b\"}\n");
    Files.write(jobs.resolve("e.jsonl"), new byte[] {(byte) 0xC3, (byte) 0x28, '\n'});
    Files.writeString(jobs.resolve("cut.jsonl"), "{\"event\":\"begin\",\"run\":\"gone\"}\n{\"eve");
    assertThat(Journal.sweep(jobs)).isEqualTo(2);
    assertThat(growing.getParent()).doesNotExist();
    for (String name : new String[] {"a", "b", "c", "d", "e"}) {
      assertThat(jobs.resolve(name + ".jsonl")).doesNotExist();
      assertThat(jobs.resolve(name + ".jsonl.damaged")).exists();
    }
    assertThat(Journal.sweep(jobs)).isZero();
  }
}
