package maestro.runtime.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

final class ResultsTest {
  @Command(name = "whole")
  static final class Whole {
    @Command(name = "make")
    int make(@Option(names = {"-o", "--out"}) Path out, @Option(names = "--root") Path root) {
      return 0;
    }
  }

  @Test
  void aResultWithoutANameIsRefusedForEveryCommand() {
    for (String out : new String[] {"/", "//", ""}) {
      assertThatThrownBy(
              () -> Results.check(new CommandLine(new Whole()).parseArgs("make", "-o", out)))
          .isInstanceOf(CommandLine.ParameterException.class)
          .hasMessageContaining("names no file or folder to write");
    }
    for (String out : new String[] {"/x", ".", "..", "a.wav"}) {
      assertThatCode(
              () ->
                  Results.check(
                      new CommandLine(new Whole()).parseArgs("make", "--root", "/", "-o", out)))
          .doesNotThrowAnyException();
    }
  }
}
