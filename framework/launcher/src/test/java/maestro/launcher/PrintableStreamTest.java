package maestro.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class PrintableStreamTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintableStream stream = new PrintableStream(shown);

  @Test
  void controlCharactersAreShownAndDoNothing() throws IOException {
    assertThat(printed("a\u001b[31mred\u0007 \u009b2J\u007f\u0000"))
        .isEqualTo("a\\u001b[31mred\\u0007 \\u009b2J\\u007f\\u0000");
  }

  @Test
  void marksThatTurnTheReadingAreShown() throws IOException {
    assertThat(printed("gpj.\u202e\u2066exe\u2069\u200f\u061c"))
        .isEqualTo("gpj.\\u202e\\u2066exe\\u2069\\u200f\\u061c");
  }

  @Test
  void textOfAnyScriptPassesWithItsLinesAndTabs() throws IOException {
    String text = "é Â\u00a0 \u0661 \u6f22 \ud83c\udfb5\tx\r\n";
    assertThat(printed(text)).isEqualTo(text);
  }

  @Test
  void aCharacterMayComeInTwoPieces() throws IOException {
    for (byte each : "\u009b é\u202e\ud83c\udfb5".getBytes(StandardCharsets.UTF_8)) {
      stream.write(each);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("\\u009b é\\u202e\ud83c\udfb5");
  }

  private String printed(String text) throws IOException {
    stream.write(text.getBytes(StandardCharsets.UTF_8));
    return shown.toString(StandardCharsets.UTF_8);
  }
}
