package maestro.listeningtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningTestTest {
  @TempDir Path folder;

  @Test
  void thePageHidesWhoMadeWhat() throws Exception {
    ListeningTest.Prepared prepared = prepare(3);
    assertThat(prepared.page())
        .doesNotContain("OurMethod")
        .doesNotContain("TheirMethod")
        .doesNotContain("RealMusic")
        .doesNotContain("piece-");
    assertThat(prepared.key().pieces()).hasSize(9);
    assertThat(prepared.key().pieces().values()).filteredOn(ListeningTest.Piece::anchor).hasSize(3);
    JsonNode content = content(prepared.page());
    assertThat(content.get("items")).hasSize(9);
    for (JsonNode item : content.get("items")) {
      assertThat(prepared.key().pieces()).containsKey(item.get("id").asText());
      assertThat(item.get("data").asText()).startsWith("data:audio/wav;base64,");
    }
  }

  @Test
  void thePageFetchesNothing() throws Exception {
    assertThat(prepare(2).page())
        .doesNotContain("http://")
        .doesNotContain("https://")
        .contains("default-src 'none'");
  }

  @Test
  void aTitleCannotBreakOutOfThePage() throws Exception {
    String page = ListeningTest.prepare("</script><b>x", methods(), Map.of(), 1, 7).page();
    assertThat(page).doesNotContain("</script><b>");
    assertThat(content(page).get("title").asText()).isEqualTo("</script><b>x");
  }

  @Test
  void sameSeedSameTest() throws Exception {
    assertThat(prepare(2).key()).isEqualTo(prepare(2).key());
  }

  @Test
  void foldersThatDoNotShareEnoughAreRefused() {
    assertThatThrownBy(() -> prepare(7))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("share 6 pieces of the same name, 7 are wanted");
  }

  @Test
  void meansAndIntervalsAreTheTextbooks() {
    Opinions.Mean mean = Opinions.mean(List.of(1, 2, 3, 4, 5));
    assertThat(mean.mean()).isEqualTo(3);
    assertThat(mean.interval()).isCloseTo(1.96 * Math.sqrt(2.5 / 5), within(1e-12));
    assertThat(Opinions.mean(List.of(4)).interval()).isNaN();
  }

  @Test
  void agreementIsKrippendorffs() {
    // His example C (four observers, twelve units, missing data) has interval alpha 0.849.
    List<List<Integer>> units =
        List.of(
            List.of(1, 1, 1),
            List.of(2, 2, 3, 2),
            List.of(3, 3, 3, 3),
            List.of(3, 3, 3, 3),
            List.of(2, 2, 2, 2),
            List.of(1, 2, 3, 4),
            List.of(4, 4, 4, 4),
            List.of(1, 1, 2, 1),
            List.of(2, 2, 2, 2),
            List.of(5, 5, 5),
            List.of(1, 1),
            List.of(3));
    assertThat(Opinions.alpha(units)).isCloseTo(0.849, within(5e-4));
    assertThat(Opinions.alpha(List.of(List.of(1, 1), List.of(5, 5)))).isEqualTo(1);
    assertThat(Opinions.alpha(List.of(List.of(3, 3), List.of(3, 3)))).isNaN();
  }

  @Test
  void ratingsAreCollectedByMethod() throws Exception {
    ListeningTest.Key key = prepare(3).key();
    List<Opinions.Ratings> all = new ArrayList<>();
    for (String rater : List.of("ann", "bob")) {
      Map<String, Map<String, Integer>> ratings = new HashMap<>();
      key.pieces()
          .forEach(
              (id, piece) -> {
                int value = piece.method().equals("OurMethod") ? 4 : piece.anchor() ? 5 : 2;
                ratings.put(id, Map.of("quality", value, "clarity", value, "delay", value - 1));
              });
      all.add(new Opinions.Ratings(key.test(), rater, ratings));
    }
    Opinions.Result result = Opinions.evaluate(key, all);
    assertThat(result.raters()).isEqualTo(2);
    assertThat(result.methods().get("OurMethod").get("quality").mean()).isEqualTo(4);
    assertThat(result.methods().get("OurMethod").get("MOS").mean())
        .isCloseTo(11.0 / 3, within(1e-12));
    assertThat(result.methods().get("OurMethod").get("MOS").count()).isEqualTo(18);
    assertThat(result.anchors()).containsOnlyKeys("RealMusic");
    assertThat(result.agreement().get("quality")).isEqualTo(1);
  }

  @Test
  void ratingsOfAnotherTestOrOffTheScaleAreRefused() throws Exception {
    ListeningTest.Key key = prepare(1).key();
    String id = key.pieces().keySet().iterator().next();
    for (String[] fault :
        new String[][] {
          {"{\"test\":\"other\",\"rater\":\"a\",\"ratings\":{}}", "belongs to test other"},
          {
            "{\"test\":\"" + key.test() + "\",\"rater\":\"a\",\"ratings\":{\"zz\":{}}}",
            "not in the test"
          },
          {
            "{\"test\":\""
                + key.test()
                + "\",\"rater\":\"a\",\"ratings\":{\""
                + id
                + "\":{\"quality\":6,\"clarity\":1,\"delay\":1}}}",
            "the quality of piece " + id + " is 6"
          },
          {"{}", "not a file of ratings"},
          {"x", "not a file of ratings"},
        }) {
      Path file = Files.writeString(folder.resolve("r.json"), fault[0]);
      assertThatThrownBy(() -> Opinions.read(file, key))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining(fault[1]);
    }
  }

  private ListeningTest.Prepared prepare(int pieces) throws Exception {
    Map<String, Path> methods = methods();
    Path anchor = methods.remove("RealMusic");
    return ListeningTest.prepare("A test", methods, Map.of("RealMusic", anchor), pieces, 7);
  }

  private Map<String, Path> methods() throws Exception {
    Map<String, Path> methods = new LinkedHashMap<>();
    for (String method : List.of("OurMethod", "TheirMethod", "RealMusic")) {
      Path pieces = Files.createDirectories(folder.resolve(method));
      for (int k = 0; k < 6; k++) {
        Files.write(
            pieces.resolve("piece-" + k + ".wav"), new byte[] {'R', 'I', 'F', 'F', (byte) k});
      }
      methods.put(method, pieces);
    }
    return methods;
  }

  private static JsonNode content(String page) throws Exception {
    String from = "<script type=\"application/json\" id=\"test\">";
    int start = page.indexOf(from) + from.length();
    return new ObjectMapper().readTree(page.substring(start, page.indexOf("</script>", start)));
  }
}
