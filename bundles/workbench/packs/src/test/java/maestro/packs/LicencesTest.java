package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LicencesTest {
  private static final String STARTER =
      "GPL-2.0 and CC-BY-SA-3.0, the terms of the music it was trained on (see MODEL-CARD.md)";

  @TempDir Path packs;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CC-BY-4.0 | GPL-2.0 and CC-BY-SA-3.0 | copyleft of the work itself, share-alike",
        "MIT | CC-BY-NC-4.0 | the limit to non-commercial use",
        "GPL-3.0 | CC-BY-NC-SA-4.0 | the limit to non-commercial use",
        "CC0-1.0 | Apache-2.0 | attribution",
        "LGPL-3.0 | GPL-3.0 | share-alike",
        "public domain | CC BY 4.0 | attribution",
        "see the card | GPL-2.0 | attribution, copyleft of the work itself, share-alike",
        "CC-BY-4.0 | CC-BY-ND-4.0 | the limit to unchanged copies"
      })
  void aMilderLicenceLacksTerms(String given, String carried, String lost) {
    assertThat(Licences.lost(given, carried)).contains(lost);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GPL-2.0 and CC-BY-SA-3.0 | GPL-2.0 and CC-BY-SA-3.0, the terms of the music",
        "CC-BY-NC-SA-4.0 | CC-BY-4.0",
        "AGPL-3.0 | MIT",
        "CC-BY-4.0 | CC0-1.0",
        "MIT | see the model cards",
        "as the house of Usher has it | as the house of Usher has it"
      })
  void oneThatIsAsStrictLacksNothing(String given, String carried) {
    assertThat(Licences.lost(given, carried)).isEmpty();
  }

  @Test
  void partsThatAreKeptKeepTheirLicence() {
    PackFolder base = made(builder("base", STARTER).part("vae", Map.of()).part("x", Map.of()));
    PackBuilder next = builder("next", "CC-BY-NC-SA-4.0").keeping(base).part("x", Map.of("n", 1));
    PackDescription description = made(next.refuseMilderLicence()).description();
    assertThat(description.licenceOf("vae")).isEqualTo(STARTER);
    assertThat(description.licenceOf("x")).isEqualTo("CC-BY-NC-SA-4.0");
    assertThat(description.licence()).isEqualTo(STARTER + "; CC-BY-NC-SA-4.0");
    PackFolder third = made(builder("third", null).keeping(open("next")).part("y", Map.of()));
    assertThat(third.description().licenceOf("vae")).isEqualTo(STARTER);
    assertThat(third.description().licenceOf("x")).isEqualTo("CC-BY-NC-SA-4.0");
  }

  @Test
  void aMilderOneThanAPartCarriesIsRefusedWithThePartsName() {
    made(builder("base", STARTER).part("vae", Map.of()));
    assertThatThrownBy(
            () -> builder("next", "CC-BY-4.0").keeping(open("base")).refuseMilderLicence())
        .isInstanceOf(MaestroException.class)
        .hasMessage(
            "pack next: the licence CC-BY-4.0 is milder than that of part vae it builds on, "
                + STARTER
                + ": it lacks copyleft of the work itself, share-alike;"
                + " give a licence with these terms; parts that are kept keep their own");
  }

  private static PackBuilder builder(String name, String licence) {
    return new PackBuilder(name).licence(licence);
  }

  private PackFolder made(PackBuilder builder) {
    return PackFolder.open(builder.writeTo(packs, true, Watcher.NONE), PluginNames.NONE);
  }

  private PackFolder open(String name) {
    return PackFolder.open(packs.resolve(name), PluginNames.NONE);
  }
}
