package maestro.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DatasetTest {
  @TempDir Path folder;

  @Test
  void longPiecesAreCutIntoTens() {
    assertThat(Segments.consecutive(0, 9.99)).isEmpty();
    assertThat(Segments.consecutive(0, 10)).containsExactly(0.0);
    assertThat(Segments.consecutive(0, 10.01)).containsExactly(0.0);
    assertThat(Segments.consecutive(5, 34.9)).containsExactly(5.0, 15.0);
    assertThat(Segments.consecutive(0, 30)).containsExactly(0.0, 10.0, 20.0);
    assertThat(Segments.consecutive(0.1, 30.1)).hasSize(3);
  }

  @Test
  void himvTakesTwoFromTheMiddle() {
    assertThat(Segments.fromTheMiddle(60)).containsExactly(20.0, 30.0);
    assertThat(Segments.fromTheMiddle(20)).containsExactly(0.0, 10.0);
    assertThat(Segments.fromTheMiddle(15)).containsExactly(2.5);
    assertThat(Segments.fromTheMiddle(9.9)).isEmpty();
  }

  @Test
  void filmScoreDbsArithmeticHolds() {
    // 32,520 clips of 10 s are 90.33 h.
    List<Clip> clips = new ArrayList<>();
    for (int k = 0; k < 32_520; k++) {
      clips.add(clip("c" + k, "film " + k % 280));
    }
    Splits.assign(clips, Splits.By.CLIP, 2895.0 / 32_520, 2895.0 / 32_520, 7);
    Report report = Report.of(clips);
    assertThat(report.hours()).isBetween(90.33, 90.34);
    assertThat(report.splits().get("train").clips()).isEqualTo(26_730);
    assertThat(report.splits().get("val").clips()).isEqualTo(2_895);
    assertThat(report.splits().get("test").clips()).isEqualTo(2_895);
  }

  @Test
  void aFilmIsInOneSplit() {
    List<Clip> clips = new ArrayList<>();
    for (int film = 0; film < 60; film++) {
      for (int k = 0; k <= film % 7; k++) {
        clips.add(clip(film + "-" + k, "film " + film));
      }
    }
    clips.get(0).split = "test";
    Splits.assign(clips, Splits.By.FILM, 0.2, 0.2, 3);
    Map<String, Set<String>> splits =
        clips.stream()
            .collect(
                Collectors.groupingBy(
                    c -> c.film,
                    TreeMap::new,
                    Collectors.mapping(c -> c.split, Collectors.toSet())));
    assertThat(splits.values()).allMatch(found -> found.size() == 1);
    assertThat(Report.of(clips).filmsInSeveralSplits()).isEmpty();
    assertThat(clips.get(0).split).isEqualTo("test");
    long test = clips.stream().filter(c -> c.split.equals("test")).count();
    assertThat(test).isBetween(clips.size() / 8L, clips.size() * 3L / 10);
  }

  @Test
  void theReportFindsALeak() {
    Clip one = clip("a", "Sintel");
    one.split = "train";
    Clip two = clip("b", "Sintel");
    two.split = "test";
    assertThat(Report.of(List.of(one, two)).filmsInSeveralSplits())
        .containsExactly(Map.entry("Sintel", Set.of("test", "train")));
  }

  @Test
  void sharesThatLeaveNoTrainingAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Splits.assign(List.of(), Splits.By.CLIP, 0.5, 0.5, 1));
  }

  @Test
  void emoMvsPairsGiveThePapersCount() throws Exception {
    // 5,370 pairs of 30 s and 616 of 10 s are 16,726 clips.
    StringBuilder thirty = new StringBuilder();
    for (int k = 0; k < 5_370; k++) {
      thirty
          .append("videos/")
          .append(k)
          .append(".mp4,p")
          .append(k)
          .append(k % 2 == 0 ? ",1,0,0" : ",0,1,4")
          .append(",0,0\n");
    }
    StringBuilder ten = new StringBuilder();
    for (int k = 0; k < 616; k++) {
      ten.append("b/").append(k).append(".mp4,q").append(k).append(",1,Exciting,Relax,1,1\n");
    }
    Path longer = Files.writeString(folder.resolve("a.csv"), thirty);
    Path shorter = Files.writeString(folder.resolve("b.csv"), ten);
    assertThat(
            Builders.emoMv(longer, 30, "train", true).size()
                + Builders.emoMv(shorter, 10, "test", true).size())
        .isEqualTo(16_726);
    List<Clip> matched = Builders.emoMv(longer, 30, "train", false);
    assertThat(matched)
        .hasSize(5_370 * 3 / 2)
        .allMatch(clip -> clip.matched && clip.emotion.equals("exciting"));
    assertThat(Builders.emoMv(shorter, 10, "test", false).get(3).emotion).isEqualTo("relax");
  }

  @Test
  void emoMvsHeaderIsSkippedAndAWrongCodeIsNamed() throws Exception {
    Path table =
        Files.writeString(
            folder.resolve("list.csv"), "path,pair,match,video,music,i,j\nx.mp4,p1,1,0,7,0,0\n");
    assertThatThrownBy(() -> Builders.emoMv(table, 10, "test", true))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("row 2: the emotion is '7'");
  }

  @Test
  void annotationsBecomeClips() throws Exception {
    Path table =
        Files.writeString(
            folder.resolve("films.csv"),
            "film,video,start,end,score,composer,genres,split\n"
                + "Sintel,films/sintel.mp4,0:01:00,0:01:29.9,Snow,Jan Morgenstern,Fantasy; Action,test\n"
                + "Short,films/short.mp4,3,12.9,,,,\n");
    List<Clip> clips = Builders.filmScores(table);
    assertThat(clips).hasSize(2);
    assertThat(clips.get(1).startSec).isEqualTo(70);
    assertThat(clips.get(1).genres).containsExactly("Fantasy", "Action");
    assertThat(clips.get(1).split).isEqualTo("test");
    Path bad = Files.writeString(folder.resolve("bad.csv"), "film,start,end\nx,0,10\n");
    assertThatThrownBy(() -> Builders.filmScores(bad)).hasMessageContaining("no column 'video'");
  }

  @Test
  void foldersAreReadAndBadFilesLeftOut() throws Exception {
    for (String name : new String[] {"a/one.ogg", "a/two.flac", "b/three.mp3", "notes.txt"}) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), name);
    }
    Map<Path, String> refused = new TreeMap<>();
    List<Clip> clips =
        Builders.music(
            folder,
            file -> {
              if (file.endsWith("two.flac")) {
                throw new MaestroException(
                    MaestroException.Kind.INPUT, "two.flac", "no sound", "leave it out");
              }
              return 25;
            },
            (file, reason) -> refused.put(file, reason.getMessage()));
    assertThat(clips)
        .extracting(clip -> clip.id)
        .containsExactly("a-one-0000", "a-one-0001", "b-three-0000", "b-three-0001");
    assertThat(clips).extracting(clip -> clip.composer).containsExactly("a", "a", "b", "b");
    assertThat(refused).hasSize(1);
  }

  @Test
  void aManifestComesBackAsItWasWithFieldsNobodyKnows() throws Exception {
    Path file = folder.resolve("m.jsonl");
    String line =
        "{\"id\":\"x\",\"film\":\"f\",\"scoreTitle\":null,\"composer\":null,\"genres\":[\"Drama\"],\"emotion\":null,"
            + "\"video\":\"f.mp4\",\"audio\":null,\"startSec\":0.0,\"durationSec\":10.0,\"split\":\"val\","
            + "\"vocalsRemoved\":true,\"matched\":true,\"source\":\"HIMV\",\"mood\":{\"sad\":1}}\n";
    Files.writeString(file, line);
    Manifest.write(folder.resolve("n.jsonl"), Manifest.read(file));
    assertThat(Files.readString(folder.resolve("n.jsonl"))).isEqualTo(line);
  }

  @Test
  void manifestsThatLieAreRefusedByLine() throws Exception {
    for (String[] fault :
        new String[][] {
          {"{\"id\":\"a\",\"video\":\"../secret.mp4\"}", "points outside"},
          {"{\"id\":\"a\",\"video\":\"/etc/passwd\"}", "points outside"},
          {"{\"id\":\"a\",\"video\":\"C:\\\\x.mp4\"}", "points outside"},
          {"{\"id\":\"a\",\"video\":\"x\\\\..\\\\..\\\\y.mp4\"}", "points outside"},
          {"{\"id\":\"a\"}", "neither video nor audio"},
          {"{\"id\":\"a\",\"video\":\"x\",\"durationSec\":9.9}", "lasts 9.9 s"},
          {"{\"id\":\"a\",\"video\":\"x\",\"split\":\"dev\"}", "split dev"},
          {"{\"id\":\"a\",\"video\":\"x\",\"startSec\":-1}", "starts at -1.0"},
          {"not json", "not a clip"},
          {"{\"video\":\"x\"}", "no id"},
        }) {
      Path file = Files.writeString(folder.resolve("bad.jsonl"), "\n" + fault[0] + "\n");
      assertThatThrownBy(() -> Manifest.read(file))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("line 2")
          .hasMessageContaining(fault[1]);
    }
    Path twice =
        Files.writeString(folder.resolve("t.jsonl"), "{\"id\":\"a\",\"video\":\"x\"}\n".repeat(2));
    assertThatThrownBy(() -> Manifest.read(twice)).hasMessageContaining("stands there twice");
    assertThatThrownBy(() -> Manifest.read(folder.resolve("none.jsonl")))
        .hasMessageContaining("no such file");
  }

  @Test
  void styleTestsMeetEveryOtherClassOnce() {
    List<Clip> clips = new ArrayList<>();
    for (int k = 0; k < 30; k++) {
      Clip clip = clip("c" + k, "f" + k);
      clip.genres = List.of("genre " + k % 3);
      clips.add(clip);
    }
    List<StyleTests.Pair> pairs = StyleTests.draw(clips, 2, 7);
    assertThat(pairs).hasSize(60).isEqualTo(StyleTests.draw(clips, 2, 7));
    assertThat(pairs.stream().map(StyleTests.Pair::control).distinct().count())
        .isLessThanOrEqualTo(6);
    for (StyleTests.Pair pair : pairs) {
      int own = Integer.parseInt(pair.clip().substring(1)) % 3;
      assertThat(pair.style()).isNotEqualTo("genre " + own);
      assertThat(Integer.parseInt(pair.control().substring(1)) % 3)
          .isEqualTo(Integer.parseInt(pair.style().substring(6)));
    }
  }

  @Test
  void styleTestsAreDrawnByCommand() throws Exception {
    Path manifest =
        Files.writeString(
            folder.resolve("clips.jsonl"),
            """
            {"id":"a","film":"f","composer":"satie","video":"a.mp4","split":"test"}
            {"id":"b","film":"g","composer":"ravel","video":"b.mp4","split":"test"}
            {"id":"c","film":"h","composer":"holst","video":"c.mp4","split":"train"}
            """);
    Path out = folder.resolve("pairs.jsonl");
    assertThat(styleTests(manifest, out)).isEqualTo(out + ": 2 pairs\n");
    assertThat(out)
        .content()
        .isEqualTo(
            """
            {"clip":"a","control":"b","style":"ravel"}
            {"clip":"b","control":"a","style":"satie"}
            """);
    assertThat(styleTests(manifest, out, "--per-class", "0"))
        .startsWith("--per-class: illegal value: 0, must be at least 1;");
    Files.writeString(manifest, Files.readString(manifest).replace("ravel", "satie"));
    assertThat(styleTests(manifest, out))
        .contains("no two test clips have different classes of style");
    Files.writeString(manifest, Files.readString(manifest).replace("test", "val"));
    assertThat(styleTests(manifest, out)).contains("no clip is in its split 'test'");
  }

  private static String styleTests(Path manifest, Path out, String... more) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new DatasetCommand(null));
    line.setOut(new PrintWriter(said, true));
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          said.write(e.getMessage());
          return 1;
        });
    List<String> words =
        new ArrayList<>(List.of("style-tests", manifest.toString(), "-o", out.toString()));
    words.addAll(List.of(more));
    line.execute(words.toArray(String[]::new));
    return said.toString();
  }

  @Test
  void demucsIsRunAndAMissingOneIsNamed() throws Exception {
    Path music = Files.writeString(folder.resolve("song.wav"), "sound");
    assertThatThrownBy(
            () ->
                new DemucsVocalRemover("maestro-test-no-such-command", () -> {})
                    .remove(music, folder.resolve("out.wav")))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("cannot be run");
    assertThat(folder.resolve("out.wav")).doesNotExist();
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(music);
    }
  }

  /** A stand-in for demucs: its accompaniment is the file's text without the word "la". */
  private Path standIn(String body) throws Exception {
    Path program =
        Files.writeString(
            folder.resolve("stand-in.sh"),
            "#!/bin/sh\n# $1 --two-stems $2 vocals $3 --out $4 FOLDER $5 -- $6 FILE\n" + body);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private String build(Path out, String... more) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new DatasetCommand(null));
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          said.write(e.getMessage());
          return 1;
        });
    List<String> words = new ArrayList<>(List.of("build", "-o", out.toString()));
    words.addAll(List.of(more));
    line.execute(words.toArray(String[]::new));
    return said.toString();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void singingIsTakenOutOnceAndTheClipsSaySo() throws Exception {
    Path table =
        Files.writeString(
            folder.resolve("scores.csv"),
            "film,video,start,end\nf,films/a.mp4,0,20\ng,films/b.mp4,0,10\nh,films/c.mp4,0,10\n");
    Files.createDirectories(folder.resolve("films"));
    Files.writeString(folder.resolve("films/a.mp4"), "la music la");
    Files.writeString(folder.resolve("films/b.mp4"), "broken");
    Path program =
        standIn(
            """
            echo "$6" >> "$(dirname "$0")/calls"
            if grep -q broken "$6"; then echo first; echo "no sound stream"; exit 1; fi
            mkdir -p "$4/model/track" && sed s/la//g < "$6" > "$4/model/track/no_vocals.wav"
            """);
    Path out = folder.resolve("clips.jsonl");
    String[] command = {
      "filmscoredb", table.toString(), "--remove-vocals", "--vocal-remover", program.toString()
    };
    String said = build(out, command);
    assertThat(said)
        .contains("refused it (no sound stream)", "films/c.mp4: it is not in", "2 clips, 2 files");
    List<Clip> clips = Manifest.read(out);
    assertThat(clips)
        .hasSize(2)
        .allMatch(clip -> clip.vocalsRemoved && clip.video.equals("films/a.mp4"))
        .allMatch(clip -> clip.audio.equals("accompaniment/films/a.mp4.wav"));
    assertThat(folder.resolve(clips.get(0).audio)).hasContent(" music ");
    build(out, command);
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .as("what is made is not made again")
        .hasSize(3);
    assertThat(Manifest.read(out)).hasSize(2);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProgramThatWritesNothingOrIsCalledOffLeavesNothing() throws Exception {
    Path music = Files.writeString(folder.resolve("song.wav"), "sound");
    Path silent = standIn("exit 0\n");
    assertThatThrownBy(
            () ->
                new DemucsVocalRemover(silent.toString(), () -> {})
                    .remove(music, folder.resolve("out.wav")))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("it wrote no no_vocals.wav");
    Path endless = standIn("sleep 600\n");
    assertThatThrownBy(
            () ->
                new DemucsVocalRemover(
                        endless.toString(),
                        () -> {
                          throw new IllegalStateException("called off");
                        })
                    .remove(music, folder.resolve("out.wav")))
        .hasMessage("called off");
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(music, endless);
    }
  }

  @Test
  void allListsOfEmoMvAreOneBuild() throws Exception {
    Path lists = Files.createDirectories(folder.resolve("lists"));
    String row = "x.mp4,p1,%s,0,0,0,0\n";
    for (String name :
        List.of(
            "EmoMV-A/train.csv",
            "EmoMV-A/val.csv",
            "EmoMV-A/test.csv",
            "EmoMV-B/train.csv",
            "EmoMV-B/test.csv",
            "emomv_c_train.csv",
            "emomv_c_test.csv")) {
      Files.createDirectories(lists.resolve(name).getParent());
      Files.writeString(lists.resolve(name), row.formatted(1) + row.formatted(0));
    }
    Files.writeString(lists.resolve("EmoMV-B/retrieval_test.csv"), "no,such,list");
    Files.writeString(lists.resolve("other.csv"), row.formatted(1));
    Path out = folder.resolve("clips.jsonl");
    assertThat(build(out, "emomv", lists.toString()))
        .contains("other.csv: its name does not tell whether it is train, val or test")
        .contains("17 clips, 1 files left out"); // 5 lists of 30 s and 2 of 10 s
    List<Clip> clips = Manifest.read(out);
    assertThat(clips).filteredOn(clip -> clip.split.equals("val")).hasSize(3);
    assertThat(clips).filteredOn(clip -> clip.split.equals("test")).hasSize(3 + 1 + 3);
    build(out, "emomv", lists.toString(), "--include-mismatched");
    assertThat(Manifest.read(out)).hasSize(34).filteredOn(clip -> !clip.matched).hasSize(17);
  }

  @Test
  void aFilmOfSeveralGenresIsOfAllOfThem() {
    List<Clip> clips = new ArrayList<>();
    List<List<String>> genres =
        List.of(List.of("war", "drama"), List.of("drama"), List.of("comedy"), List.of("war"));
    for (int k = 0; k < genres.size(); k++) {
      Clip clip = clip("c" + k, "f" + k);
      clip.genres = genres.get(k);
      clips.add(clip);
    }
    List<StyleTests.Pair> pairs = StyleTests.draw(clips, 5, 7);
    assertThat(pairs)
        .as("war and drama meets neither; comedy meets each")
        .filteredOn(pair -> pair.clip().equals("c0"))
        .containsExactly(new StyleTests.Pair("c0", "c2", "comedy"));
    assertThat(pairs)
        .filteredOn(pair -> pair.clip().equals("c2"))
        .extracting(StyleTests.Pair::style)
        .containsExactly("drama", "war");
    assertThat(pairs)
        .as("drama meets war by the film that is war alone")
        .filteredOn(pair -> pair.clip().equals("c1"))
        .contains(new StyleTests.Pair("c1", "c3", "war"));
  }

  @Test
  void linesThatAreNoClipsAreNamed() throws Exception {
    Map<String, String> lines =
        Map.of(
            "null", "the line is null",
            "{\"id\":\"a\",\"video\":\"a.mp4\",\"genres\":null}", "its genres are null",
            "{\"id\":\"a\",\"video\":\"a.mp4\",\"genres\":[null]}", "its genres are [null]",
            "{\"id\":\"a\",\"video\":\"a.mp4\",\"genres\":7}", "the line is not a clip",
            "[]", "the line is not a clip",
            "7", "the line is not a clip");
    for (Map.Entry<String, String> line : lines.entrySet()) {
      Path file = Files.writeString(folder.resolve("m.jsonl"), "\n" + line.getKey() + "\n");
      assertThatThrownBy(() -> Manifest.read(file))
          .as(line.getKey())
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("m.jsonl line 2")
          .hasMessageContaining(line.getValue());
    }
  }

  private static Clip clip(String id, String film) {
    Clip clip = new Clip();
    clip.id = id;
    clip.film = film;
    clip.video = film + ".mp4";
    return clip;
  }
}
