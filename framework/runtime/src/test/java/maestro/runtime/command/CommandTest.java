package maestro.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;

final class CommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void outputIsEitherLinesOrOneObject() {
    new Output(new PrintWriter(out), new PrintWriter(err), false)
        .result(Map.of("frames", 3), "%d frames, %.1f s", 3, 0.5);
    assertThat(out.toString()).isEqualToNormalizingNewlines("3 frames, 0.5 s\n");
    out.getBuffer().setLength(0);
    new Output(new PrintWriter(out), new PrintWriter(err), true)
        .result(Map.of("frames", 3), "%d frames", 3);
    assertThat(out.toString()).isEqualToNormalizingNewlines("{\n  \"frames\" : 3\n}\n");
  }

  @Test
  void cancellationTellsOnceAlsoThoseWhoComeLate() {
    Cancellation cancellation = new Cancellation();
    AtomicInteger told = new AtomicInteger();
    cancellation.onRequest(told::incrementAndGet);
    cancellation.check();
    cancellation.request();
    cancellation.request();
    cancellation.onRequest(told::incrementAndGet);
    assertThat(told).hasValue(2);
    assertThatThrownBy(cancellation::check)
        .isInstanceOfSatisfying(
            MaestroException.class, e -> assertThat(e.kind().exitCode()).isEqualTo(130));
  }

  @Test
  void progressOnATerminalStaysOnOneLine() {
    Progress progress = new Progress(new PrintWriter(err), true);
    progress.stage("sampler.ddim", 2, 5);
    progress.step(200, 200);
    progress.close();
    assertThat(err.toString())
        .startsWith("\r[2/5] sampler.ddim")
        .contains("200/200")
        .endsWith("\r")
        .doesNotContain("\n");
  }

  @Test
  void progressElsewherePrintsTheStagesOnly() {
    Progress progress = new Progress(new PrintWriter(err), false);
    progress.stage("encoder.clip", 1, 5);
    for (int i = 0; i <= 1000; i++) {
      progress.step(i, 1000);
    }
    progress.close();
    assertThat(err.toString()).isEqualToNormalizingNewlines("[1/5] encoder.clip\n");
  }

  @Test
  void remainingTimeIsForPeople() {
    assertThat(Progress.describe(Duration.ofSeconds(8).toNanos())).isEqualTo("8 s");
    assertThat(Progress.describe(Duration.ofSeconds(125).toNanos())).isEqualTo("2 min 05 s");
    assertThat(Progress.describe(Duration.ofMinutes(62).toNanos())).isEqualTo("1 h 02 min");
  }
}
