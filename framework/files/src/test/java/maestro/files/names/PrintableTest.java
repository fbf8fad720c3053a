package maestro.files.names;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void whatSteersATerminalOrTurnsTheReadingIsShown() {
    assertThat(Printable.of("a\u001b]0;x\u0007\u009b2J\u007f\0"))
        .isEqualTo("a\\u001b]0;x\\u0007\\u009b2J\\u007f\\u0000");
    assertThat(Printable.of("gpj.\u202e\u2066x\u2069\u200f\u061c\u2028\u2029\ufeff"))
        .isEqualTo("gpj.\\u202e\\u2066x\\u2069\\u200f\\u061c\\u2028\\u2029\\ufeff");
    assertThat(Printable.of("\ud83c half")).isEqualTo("\\ud83c half");
  }

  @Test
  void textOfAnyScriptPasses() {
    String text = "é \u05e9\u05dc\u05d5\u05dd \u0661 \u6f22 \ud83c\udfb5\t\r\n";
    assertThat(Printable.of(text)).isSameAs(text);
    assertThat(Printable.line("a\nb\tc\r")).isEqualTo("a\\nb\\tc\\r");
  }
}
