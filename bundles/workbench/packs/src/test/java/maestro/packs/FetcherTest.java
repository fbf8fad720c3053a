package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.files.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FetcherTest {
  @TempDir Path folder;
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private final Download.Rules http = new Download.Rules(true, said::add);
  private final byte[] body = new byte[300_000];
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private Download download;

  @BeforeEach
  void start() throws IOException {
    new Random(7).nextBytes(body);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    download = new Download(Duration.ofMillis(1), Duration.ofSeconds(5));
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aBrokenConnectionIsContinuedWhereItEnded() throws IOException {
    serve("/file", body, 100_000);
    Path file = folder.resolve("sub/file");
    download.fetch(item("/file", body), file, http, Watcher.NONE);
    assertThat(Files.readAllBytes(file)).isEqualTo(body);
    assertThat(ranges.get(0)).isEqualTo("none");
    assertThat(ranges).hasSizeGreaterThanOrEqualTo(3).contains("bytes=100000-");
    assertThat(folder.resolve("sub").toFile().list()).containsExactly("file");
  }

  @Test
  void aLaterRunGoesOnAndAFinishedFileIsNotFetchedAgain() throws IOException {
    serve("/file", body, Integer.MAX_VALUE);
    Path file = folder.resolve("file");
    MaestroException stop =
        new MaestroException(MaestroException.Kind.CANCELLED, "test", "stopped", "go on");
    Files.write(folder.resolve("file.part"), Arrays.copyOf(body, 1000));
    download.fetch(item("/file", body), file, http, Watcher.NONE);
    download.fetch(item("/file", body), file, http, Watcher.NONE);
    assertThat(ranges).containsExactly("bytes=1000-");
    Files.write(file, new byte[3]);
    assertThatThrownBy(
            () ->
                download.fetch(
                    item("/file", body),
                    file,
                    http,
                    (what, done, total) -> {
                      throw stop;
                    }))
        .isSameAs(stop);
    assertThat(file).hasSize(3);
  }

  @Test
  void aServerThatCannotContinueStartsAnew() throws IOException {
    server.createContext(
        "/file",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    Path file = folder.resolve("file");
    Files.write(folder.resolve("file.part"), new byte[5000]);
    download.fetch(item("/file", body), file, http, Watcher.NONE);
    assertThat(Files.readAllBytes(file)).isEqualTo(body);
  }

  @Test
  void otherBytesAreRefusedAndDeleted() {
    serve("/file", new byte[body.length], Integer.MAX_VALUE);
    assertThatThrownBy(
            () -> download.fetch(item("/file", body), folder.resolve("file"), http, Watcher.NONE))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageContaining("another digest");
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void aServerThatSendsMoreIsCutOff() {
    server.createContext(
        "/file",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            for (int i = 0; i < 1000; i++) {
              exchange.getResponseBody().write(body);
            }
          } finally {
            exchange.close();
          }
        });
    assertThatThrownBy(
            () -> download.fetch(item("/file", body), folder.resolve("file"), http, Watcher.NONE))
        .hasMessageContaining("sends more bytes than the manifest says");
    assertThat(folder.resolve("file.part")).isEmptyFile();
  }

  @Test
  void missingFilesAndDeadServersSaySo() throws IOException {
    server.createContext(
        "/gone",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    assertThatThrownBy(
            () -> download.fetch(item("/gone", body), folder.resolve("file"), http, Watcher.NONE))
        .hasMessageContaining("answers with status 404");
    server.createContext(
        "/busy",
        exchange -> {
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    assertThatThrownBy(
            () -> download.fetch(item("/busy", body), folder.resolve("file"), http, Watcher.NONE))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.RESOURCE))
        .hasMessageContaining("status 503");
    FetchManifest.Item dead = item("/file", body);
    server.stop(0);
    assertThatThrownBy(() -> download.fetch(dead, folder.resolve("file"), http, Watcher.NONE))
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void plainHttpIsFetchedOnlyWhenAskedFor() {
    serve("/file", body, Integer.MAX_VALUE);
    Download.Rules strict = new Download.Rules(false, said::add);
    assertThatThrownBy(
            () -> download.fetch(item("/file", body), folder.resolve("file"), strict, Watcher.NONE))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageContaining("is plain http")
        .hasMessageEndingWith("or give --allow-http");
    assertThat(ranges).isEmpty();
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void redirectsAreFollowedAndAnotherHostIsSaidOnce() throws IOException {
    serve("/file", body, 100_000);
    int port = server.getAddress().getPort();
    redirect("/moved", "/again");
    redirect("/again", "http://localhost:" + port + "/file");
    Path file = folder.resolve("file");
    download.fetch(item("/moved", body), file, http, Watcher.NONE);
    assertThat(Files.readAllBytes(file)).isEqualTo(body);
    assertThat(ranges).hasSizeGreaterThanOrEqualTo(3).contains("bytes=100000-");
    assertThat(said)
        .containsExactly("moved: http://127.0.0.1 leads to another host, http://localhost");
  }

  @Test
  void circlesOfRedirectsEnd() {
    redirect("/round", "/round");
    assertThatThrownBy(
            () -> download.fetch(item("/round", body), folder.resolve("x"), http, Watcher.NONE))
        .hasMessageContaining("leads round in circles");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://h/x", "HTTP://h/x", "file:///etc/passwd", "ftp://h/x", "", "//", "ht tp"})
  void aRedirectFromHttpsToAnythingElseIsRefusedWhateverIsAllowed(String location) {
    FetchManifest.Item item = new FetchManifest.Item("x", "https://h/x", 1, "0".repeat(64));
    for (boolean allowed : new boolean[] {true, false}) {
      assertThatThrownBy(
              () ->
                  Download.next(
                      URI.create(item.url()),
                      location,
                      item,
                      new Download.Rules(allowed, said::add)))
          .isInstanceOf(MaestroException.class)
          .hasMessageContaining("https://h leads to ");
    }
    assertThat(
            Download.next(
                URI.create(item.url()),
                "https://other/y",
                item,
                new Download.Rules(false, said::add)))
        .hasToString("https://other/y");
    assertThat(said).containsExactly("x: https://h leads to another host, https://other");
  }

  private void redirect(String path, String location) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
  }

  @Test
  void aSilentServerIsGivenUp() {
    server.createContext(
        "/silent",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body, 0, 10);
          exchange.getResponseBody().flush();
          try {
            Thread.sleep(30_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Download impatient = new Download(Duration.ofMillis(1), Duration.ofMillis(300));
    assertThatThrownBy(
            () ->
                impatient.fetch(item("/silent", body), folder.resolve("file"), http, Watcher.NONE))
        .hasMessageContaining("it goes on from 10 bytes");
  }

  @Test
  void aManifestBecomesAPack() throws IOException {
    Packs packs = new Packs(List.of(folder.resolve("packs")));
    Path source =
        new PackBuilder("source")
            .part(
                "encoder.other",
                List.of(Weight.of("w", FloatTensor.of(new float[] {1, 2}, 2))),
                Map.of())
            .writeTo(folder.resolve("elsewhere"), false, Watcher.NONE);
    StringBuilder files = new StringBuilder();
    for (String name : List.of("pack.json", "encoder.other.safetensors")) {
      byte[] bytes = Files.readAllBytes(source.resolve(name));
      serve("/" + name, bytes, Integer.MAX_VALUE);
      FetchManifest.Item item = item("/" + name, bytes);
      files
          .append(files.length() == 0 ? "" : ",")
          .append(
              """
          {"path": "%s", "url": "%s", "bytes": %d, "sha256": "%s"}
          """
                  .formatted(name, item.url(), item.bytes(), item.sha256()));
    }
    Path manifest = folder.resolve("manifest.json");
    Files.writeString(manifest, "{\"name\": \"source\", \"files\": [" + files + "]}");
    Fetcher fetcher = new Fetcher(packs, PartShapesTest.SHAPES, download);
    fetcher.fetch(FetchManifest.read(manifest.toString()), false, http, Watcher.NONE);
    assertThat(packs.open("source").parts()).containsExactly("encoder.other");
    assertThatThrownBy(
            () -> fetcher.fetch(FetchManifest.read(manifest.toString()), false, http, Watcher.NONE))
        .hasMessageContaining("it is there already");
  }

  @Test
  void assembledDownloadsAreNamedInTheOrigin() throws IOException {
    Packs packs = new Packs(List.of(folder.resolve("home/packs")));
    Path tiny =
        SyntheticPack.builder(
                "tiny",
                SyntheticPack.Size.TINY,
                List.of("encoder.clip"),
                "FILM",
                PartShapesTest.SHAPES)
            .writeTo(folder.resolve("elsewhere"), false, Watcher.NONE);
    byte[] clip = Files.readAllBytes(tiny.resolve("encoder.clip.safetensors"));
    serve("/clip.pt", clip, Integer.MAX_VALUE);
    FetchManifest.Item item = item("/clip.pt", clip);
    FetchManifest manifest =
        FetchManifest.parse(
            "test",
            """
        {"name": "small", "licence": "MIT", "assemble": {"clip": "models/clip.pt"}, "files": [
          {"path": "models/clip.pt", "url": "%s", "bytes": %d, "sha256": "%s"}]}
        """
                .formatted(item.url(), item.bytes(), item.sha256())
                .getBytes(StandardCharsets.UTF_8));
    new Fetcher(packs, PartShapesTest.SHAPES, download).fetch(manifest, false, http, Watcher.NONE);
    PackFolder pack = packs.open("small");
    assertThat(pack.part("encoder.clip").orElseThrow().digest()).isEqualTo(item.sha256());
    assertThat(pack.description().origin()).hasSize(2).first().asString().contains(item.url());
    assertThat(folder.resolve("home/downloads/small/models/clip.pt")).exists();
  }

  @Test
  void theManifestOfThePaperIsWellFormed() {
    FetchManifest manifest = FetchManifest.read("paper");
    assertThat(manifest.files())
        .hasSize(4)
        .allSatisfy(item -> assertThat(item.url()).startsWith("https://"));
    assertThat(manifest.assemble().scaleFactor()).isEqualTo(0.9392935633659363);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"name\": \"a\", \"files\": []}",
        "{\"name\": \"../a\", \"files\": [%s]}",
        "{\"name\": \"a\", \"files\": [null]}",
        "{\"name\": \"a\", \"files\": [%s], \"assemble\": null}",
        "{\"name\": \"a\", \"files\": [%s, %s], \"assemble\": {}}",
        "{\"name\": \"a\", \"files\": [{\"path\": \"../x\", \"url\": \"https://h/\", \"bytes\": 1, \"sha256\": \"%2$s\"}]}",
        "{\"name\": \"a\", \"files\": [{\"path\": \"/x\", \"url\": \"https://h/\", \"bytes\": 1, \"sha256\": \"%2$s\"}]}",
        "{\"name\": \"a\", \"files\": [{\"path\": \"x\", \"url\": \"file:///etc/passwd\", \"bytes\": 1, \"sha256\": \"%2$s\"}]}",
        "{\"name\": \"a\", \"files\": [{\"path\": \"x\", \"url\": \"https://h/\", \"bytes\": 0, \"sha256\": \"%2$s\"}]}",
        "{\"name\": \"a\", \"files\": [{\"path\": \"x\", \"url\": \"https://h/\", \"bytes\": 1, \"sha256\": \"abc\"}]}"
      })
  void hostileManifestsAreRefused(String json) {
    String digest = "0".repeat(64);
    String good =
        "{\"path\": \"x\", \"url\": \"https://h/\", \"bytes\": 1, \"sha256\": \"" + digest + "\"}";
    String text = json.replace("%2$s", digest).replace("%s", good);
    assertThatThrownBy(() -> FetchManifest.parse("test", text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessageStartingWith("manifest test: ");
  }

  /** Serves bytes with ranges, and breaks every answer off after a number of them. */
  private void serve(String path, byte[] bytes, int most) {
    server.createContext(path, exchange -> answer(exchange, bytes, most));
  }

  private void answer(HttpExchange exchange, byte[] bytes, int most) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(range == null ? "none" : range);
    int from =
        range == null
            ? 0
            : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
    exchange.getResponseBody().write(bytes, from, Math.min(most, bytes.length - from));
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private FetchManifest.Item item(String path, byte[] bytes) {
    String url =
        "http://"
            + server.getAddress().getHostString()
            + ":"
            + server.getAddress().getPort()
            + path;
    return new FetchManifest.Item(path.substring(1), url, bytes.length, Sha256.of(bytes));
  }
}
