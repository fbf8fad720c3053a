package maestro.launcher;

import static maestro.launcher.SignatureRules.REQUIRED;
import static maestro.launcher.SignatureRules.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SignatureRulesTest {
  @Test
  void aHomeCannotSwitchTheRuleOff() {
    assertThat(
            SignatureRules.stricter(
                Map.of(REQUIRED, "true", TRUSTED, "aa,bb"),
                Map.of(REQUIRED, "false", TRUSTED, "", "x", "y")))
        .isEqualTo(Map.of(REQUIRED, "true", TRUSTED, "aa,bb", "x", "y"));
  }

  @Test
  void aHomeCannotTrustAnybodyElse() {
    assertThat(
            SignatureRules.stricter(
                Map.of(REQUIRED, "true", TRUSTED, "aa, bb"), Map.of(TRUSTED, "bb,cc")))
        .containsEntry(TRUSTED, "bb");
    assertThat(SignatureRules.stricter(Map.of(TRUSTED, "aa"), Map.of(TRUSTED, "cc")))
        .containsEntry(TRUSTED, "aa");
  }

  @Test
  void aHomeMayAskForMore() {
    assertThat(
            SignatureRules.stricter(
                Map.of(REQUIRED, "false"), Map.of(REQUIRED, "true", TRUSTED, "cc")))
        .isEqualTo(Map.of(REQUIRED, "true", TRUSTED, "cc"));
  }
}
