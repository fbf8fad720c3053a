package maestro.listeningtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.sound.Sound;
import maestro.signal.Bs1770;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningTestTest {
  @TempDir Path folder;

  private final FakeMedia media = new FakeMedia();
  private final AlikePieces alike = new AlikePieces(media, media);

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
    String page =
        ListeningTest.prepare(alike, "</script><!--<script><b>x", methods(), Map.of(), 1, 7).page();
    assertThat(page).doesNotContain("</script><!--", "<b>x");
    assertThat(content(page).get("title").asText()).isEqualTo("</script><!--<script><b>x");
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
  void whatAnExperimentWroteIsRead() throws Exception {
    for (String piece : List.of("satie/clip-1", "ravel/clip-2", "holst/clip-3")) {
      for (String place :
          List.of("out/generated/full/", "out/generated/one eye/", "out/reference/")) {
        sound(folder.resolve(place + piece + ".wav"), 16_000, 1, 0.1, 1);
      }
    }
    ListeningTest.Prepared prepared =
        ListeningTest.prepare(
            alike,
            "x",
            Map.of(
                "full", folder.resolve("out/generated/full"),
                "one eye", folder.resolve("out/generated/one eye")),
            Map.of("real", folder.resolve("out/reference")),
            3,
            7);
    assertThat(prepared.key().pieces()).hasSize(9);
    assertThat(prepared.key().pieces().values())
        .extracting(ListeningTest.Piece::file)
        .contains("satie/clip-1", "ravel/clip-2", "holst/clip-3");
  }

  @Test
  void allPiecesHaveOneRateChannelsLengthAndLoudness() throws Exception {
    for (int k = 0; k < 2; k++) {
      sound(folder.resolve("ours/" + k + ".wav"), 16_000, 1, 0.02, 2);
      sound(folder.resolve("real/" + k + ".flac"), 48_000, 2, 0.5, 3 + k);
    }
    ListeningTest.Prepared prepared =
        ListeningTest.prepare(
            alike,
            "x",
            Map.of("ours", folder.resolve("ours")),
            Map.of("real", folder.resolve("real")),
            2,
            7);
    for (String method : List.of("ours", "real")) {
      assertThat(embedded(prepared, method))
          .hasSize(2)
          .allSatisfy(
              sound -> {
                assertThat(sound.sampleRateHz()).isEqualTo(16_000);
                assertThat(sound.channels()).hasDimensions(1, 32_000);
                assertThat(Bs1770.loudness(sound)).isCloseTo(-23, within(0.01));
              });
    }
    assertThat(prepared.pieces().loudness()).isEqualTo(-23);
    assertThat(prepared.pieces().remarks())
        .containsExactly("all pieces are cut to the 2.0 s of the shortest; the longest has 4.0 s");
    assertThat(content(prepared.page()).get("items"))
        .allSatisfy(item -> assertThat(item.get("type").asText()).isEqualTo("audio/wav"));
  }

  @Test
  void aPieceOfHighPeaksMakesAllQuieterAndSilenceStaysSilent() throws Exception {
    sound(folder.resolve("ours/a.wav"), 16_000, 1, 0.1, 1);
    sound(folder.resolve("peaks/a.wav"), 16_000, 1, -1, 1);
    sound(folder.resolve("silent/a.wav"), 16_000, 1, 0, 1);
    Map<String, Path> methods = new LinkedHashMap<>();
    for (String method : List.of("ours", "peaks", "silent")) {
      methods.put(method, folder.resolve(method));
    }
    ListeningTest.Prepared prepared = ListeningTest.prepare(alike, "x", methods, Map.of(), 1, 7);
    assertThat(prepared.pieces().loudness()).isLessThan(-24);
    Sound peaks = embedded(prepared, "peaks").get(0);
    assertThat(Bs1770.truePeak(peaks)).isCloseTo(-1, within(0.01));
    assertThat(Bs1770.loudness(embedded(prepared, "ours").get(0)))
        .isCloseTo(Bs1770.loudness(peaks), within(0.01));
    assertThat(prepared.pieces().remarks()).containsExactly("a.wav is silent");
    assertThat(Bs1770.truePeak(embedded(prepared, "silent").get(0)))
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void aPieceTooShortForALoudnessIsRefused() throws Exception {
    sound(folder.resolve("ours/a.wav"), 16_000, 1, 0.1, 0.3);
    assertThatThrownBy(
            () ->
                ListeningTest.prepare(
                    alike, "x", Map.of("ours", folder.resolve("ours")), Map.of(), 1, 7))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("a.wav: it is shorter than 0.4 s");
  }

  @Test
  void formsThatAreNoneAreRefused() throws Exception {
    for (String form :
        new String[] {
          "null",
          "[]",
          "{}",
          "x",
          "{'test':'t'}",
          "{'test':'t','pieces':{'a':null}}",
          "{'test':'t','pieces':{'a':{'file':'x'}}}",
          "{'test':'t','pieces':[]}"
        }) {
      Path file = Files.writeString(folder.resolve("key.json"), form.replace('\'', '"'));
      assertThatThrownBy(() -> ListeningTest.key(file))
          .as(form)
          .isInstanceOfSatisfying(
              MaestroException.class,
              e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT));
    }
    ListeningTest.Key key =
        new ListeningTest.Key("t", "x", Map.of("a", new ListeningTest.Piece("m", "f", false)));
    for (String form :
        new String[] {
          "null",
          "[]",
          "3",
          "{'test':'t','rater':null,'ratings':{}}",
          "{'test':'t','rater':'r','ratings':null}",
          "{'test':'t','rater':'r','ratings':{'a':null}}",
          "{'test':'t','rater':'r','ratings':{'a':{'quality':null,'clarity':1,'delay':1}}}",
          "{'test':'t','rater':'r','ratings':{'a':{'quality':4.5,'clarity':1,'delay':1}}}",
          "{'test':'t','rater':'r','ratings':{'a':{}}}"
        }) {
      Path file = Files.writeString(folder.resolve("form.json"), form.replace('\'', '"'));
      assertThatThrownBy(() -> Opinions.read(file, key))
          .as(form)
          .isInstanceOfSatisfying(
              MaestroException.class,
              e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT));
    }
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
    return ListeningTest.prepare(alike, "A test", methods, Map.of("RealMusic", anchor), pieces, 7);
  }

  private Map<String, Path> methods() throws Exception {
    Map<String, Path> methods = new LinkedHashMap<>();
    for (String method : List.of("OurMethod", "TheirMethod", "RealMusic")) {
      Path pieces = Files.createDirectories(folder.resolve(method));
      for (int k = 0; k < 6; k++) {
        sound(pieces.resolve("piece-" + k + ".wav"), 16_000, 1, 0.1 + 0.01 * k, 1);
      }
      methods.put(method, pieces);
    }
    return methods;
  }

  /** A sound file of this test says what it is: rate, channels, level of a tone, seconds. */
  private static void sound(Path file, int rate, int channels, double level, double seconds)
      throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, rate + " " + channels + " " + level + " " + seconds);
  }

  /** What the page holds of a method's pieces. */
  private static List<Sound> embedded(ListeningTest.Prepared prepared, String method)
      throws Exception {
    List<Sound> sounds = new ArrayList<>();
    for (JsonNode item : content(prepared.page()).get("items")) {
      if (prepared.key().pieces().get(item.get("id").asText()).method().equals(method)) {
        String data = item.get("data").asText();
        sounds.add(
            FakeMedia.unwrapped(Base64.getDecoder().decode(data.substring(data.indexOf(',') + 1))));
      }
    }
    return sounds;
  }

  private static JsonNode content(String page) throws Exception {
    String from = "<script type=\"application/json\" id=\"test\">";
    int start = page.indexOf(from) + from.length();
    return new ObjectMapper().readTree(page.substring(start, page.indexOf("</script>", start)));
  }
}
