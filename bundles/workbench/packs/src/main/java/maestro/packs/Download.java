package maestro.packs;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import maestro.api.MaestroException;

/**
 * Downloads a file whose length and digest are known. What has arrived is kept beside it as {@code
 * .part}, and the next attempt, in this run or a later one, asks only for the rest. The file
 * appears under its name when its digest is right. Plain http has to be allowed, a server may never
 * lead from https to it, and where another host answers that is said.
 */
final class Download {
  private static final int ATTEMPTS = 5;

  private static final int REDIRECTS = 10;
  private static final String HTTP = "http";

  private final Duration pause;
  private final Duration patience;
  private HttpClient client;

  /** As over the internet. */
  Download() {
    this(Duration.ofSeconds(2), Duration.ofSeconds(60));
  }

  /**
   * With waits of one's own.
   *
   * @param pause before the second attempt; each further one waits twice as long
   * @param patience how long nothing may arrive before the connection counts as broken
   */
  Download(Duration pause, Duration patience) {
    this.pause = pause;
    this.patience = patience;
  }

  /** Made when something is fetched: it takes long, and most commands fetch nothing. */
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(patience)
              .build();
    }
    return client;
  }

  /**
   * What a download may do.
   *
   * @param http whether addresses may begin with http, where anyone on the way sees and changes
   *     what is sent
   * @param said told in a sentence when a server leads to another host
   */
  record Rules(boolean http, Consumer<String> said) {}

  /** A failure that another attempt may mend. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Fetches one file, unless it is there already.
   *
   * @param item what to fetch
   * @param file where it goes
   * @throws MaestroException of kind INPUT when the server refuses it or its bytes are others, of
   *     kind RESOURCE when the connection or the disk fails
   */
  void fetch(FetchManifest.Item item, Path file, Rules rules, Watcher watcher) {
    URI address = URI.create(item.url());
    if (HTTP.equals(address.getScheme()) && !rules.http()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          item.path(),
          "its address " + shown(address) + " is plain http, which anyone on the way can read",
          "take a manifest with https, or give --allow-http");
    }
    try {
      if (Files.isRegularFile(file)
          && Files.size(file) == item.bytes()
          && matches(item, file, watcher)) {
        return;
      }
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path part = file.resolveSibling(file.getFileName() + ".part");
      try (FileChannel channel =
              FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel, item)) {
        receive(item, channel, rules, watcher);
        channel.force(true);
        if (!lock.isValid() || !matches(item, part, watcher)) {
          Files.delete(part);
          throw new MaestroException(
              MaestroException.Kind.INPUT,
              item.path(),
              "what "
                  + host(item)
                  + " sent has another digest than the manifest says, it was deleted",
              "fetch it again, and if that fails use another manifest");
        }
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          item.path(),
          "it cannot be written (" + e.getMessage() + ")",
          "check free space and permissions",
          e);
    }
  }

  private static FileLock lock(FileChannel channel, FetchManifest.Item item) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      throw busy(item, e);
    }
    throw busy(item, null);
  }

  private static MaestroException busy(FetchManifest.Item item, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.RESOURCE,
        item.path(),
        "another fetch is at it",
        "wait until that one ends",
        underlying);
  }

  private static boolean matches(FetchManifest.Item item, Path file, Watcher watcher) {
    return Digests.of(file, "checking " + item.path(), watcher).equals(item.sha256());
  }

  private void receive(FetchManifest.Item item, FileChannel channel, Rules rules, Watcher watcher)
      throws IOException {
    Set<String> said = new HashSet<>();
    Rules once =
        new Rules(
            rules.http(),
            sentence -> {
              if (said.add(sentence)) {
                rules.said().accept(sentence);
              }
            });
    long wait = pause.toMillis();
    for (int failures = 0; channel.size() != item.bytes(); ) {
      long before = channel.size();
      try {
        attempt(item, channel, once, watcher);
      } catch (Broken e) {
        failures = channel.size() > before ? 1 : failures + 1;
        if (failures == ATTEMPTS) {
          throw new MaestroException(
              MaestroException.Kind.RESOURCE,
              item.path(),
              host(item) + " cannot be reached or breaks off (" + e.getMessage() + ")",
              "run the same command again, it goes on from " + channel.size() + " bytes",
              e);
        }
        sleep(wait << Math.min(failures - 1, 4), item, channel.size(), watcher);
      }
    }
  }

  private void attempt(FetchManifest.Item item, FileChannel channel, Rules rules, Watcher watcher)
      throws Broken, IOException {
    if (channel.size() > item.bytes()) {
      channel.truncate(0);
    }
    URI address = URI.create(item.url());
    for (int i = 0; i < REDIRECTS; i++) {
      Receiver receiver = new Receiver(channel, item.bytes());
      HttpResponse<Void> response =
          await(send(address, channel.size(), receiver), receiver, item, watcher);
      if (!List.of(301, 302, 303, 307, 308).contains(response.statusCode())) {
        check(response.statusCode(), address, receiver, item, channel);
        return;
      }
      address = next(address, response.headers().firstValue("Location").orElse(""), item, rules);
    }
    throw new MaestroException(
        MaestroException.Kind.INPUT,
        item.path(),
        host(item) + " leads round in circles",
        "check the address in the manifest");
  }

  private CompletableFuture<HttpResponse<Void>> send(URI address, long have, Receiver receiver) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    return client()
        .sendAsync(
            request.build(),
            info -> {
              boolean rest = info.statusCode() == 206 && continues(info, receiver);
              if (info.statusCode() == 200 || rest) {
                receiver.begin(rest);
                return HttpResponse.BodySubscribers.fromSubscriber(receiver);
              }
              return HttpResponse.BodySubscribers.replacing(null);
            });
  }

  /** Where a server leads, if that is allowed. */
  static URI next(URI from, String given, FetchManifest.Item item, Rules rules) {
    URI to;
    try {
      to = from.resolve(new URI(given));
    } catch (URISyntaxException e) {
      throw led(from, "an impossible address", item, e);
    }
    boolean https = "https".equalsIgnoreCase(to.getScheme());
    if (given.isEmpty()
        || to.getHost() == null
        || !https && !HTTP.equalsIgnoreCase(to.getScheme())) {
      throw led(from, "an address that is none of the web", item, null);
    }
    if (!https && (!rules.http() || "https".equalsIgnoreCase(from.getScheme()))) {
      throw led(from, "plain http at " + shown(to) + ", which is not followed", item, null);
    }
    if (!to.getHost().equalsIgnoreCase(from.getHost())) {
      rules
          .said()
          .accept(item.path() + ": " + shown(from) + " leads to another host, " + shown(to));
    }
    return to;
  }

  private static MaestroException led(
      URI from, String where, FetchManifest.Item item, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        item.path(),
        shown(from) + " leads to " + where,
        "check the address in the manifest",
        underlying);
  }

  /** The host of an address, without what may be secret in it. */
  private static String shown(URI address) {
    return address.getScheme() + "://" + address.getHost();
  }

  private static void check(
      int status, URI address, Receiver receiver, FetchManifest.Item item, FileChannel channel)
      throws Broken, IOException {
    if (status == 416 || status == 206 && !receiver.begun()) {
      channel.truncate(0);
      throw new Broken("the server does not continue", null);
    }
    if (status == 429 || status >= 500) {
      throw new Broken("status " + status, null);
    }
    if (status != 200 && status != 206) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          item.path(),
          address.getHost() + " answers with status " + status,
          "check the address in the manifest");
    }
    if (channel.size() < item.bytes()) {
      throw new Broken("the connection ended early", null);
    }
  }

  private static boolean continues(HttpResponse.ResponseInfo info, Receiver receiver) {
    String range = info.headers().firstValue("Content-Range").orElse("");
    return range.startsWith("bytes " + receiver.position() + "-");
  }

  /**
   * Waits for the end of a response, and ends it when nothing arrives or the watcher wants no more.
   */
  private HttpResponse<Void> await(
      CompletableFuture<HttpResponse<Void>> response,
      Receiver receiver,
      FetchManifest.Item item,
      Watcher watcher)
      throws Broken, IOException {
    long seen = receiver.position();
    long since = System.nanoTime();
    try {
      while (true) {
        watcher.at(item.path(), receiver.position(), item.bytes());
        receiver.check(item);
        try {
          HttpResponse<Void> done = response.get(100, TimeUnit.MILLISECONDS);
          receiver.check(item);
          return done;
        } catch (TimeoutException e) {
          if (receiver.position() != seen) {
            seen = receiver.position();
            since = System.nanoTime();
          } else if (System.nanoTime() - since > patience.toNanos()) {
            throw new Broken("nothing arrives", e);
          }
        }
      }
    } catch (ExecutionException e) {
      receiver.check(item);
      throw new Broken(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          MaestroException.Kind.CANCELLED,
          item.path(),
          "cancelled",
          "run the same command again to continue",
          e);
    } finally {
      response.cancel(true);
      receiver.stop();
    }
  }

  private static void sleep(long millis, FetchManifest.Item item, long done, Watcher watcher) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      while (System.nanoTime() < end) {
        watcher.at(item.path(), done, item.bytes());
        Thread.sleep(Math.min(100, Math.max(1, millis)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MaestroException(
          MaestroException.Kind.CANCELLED,
          item.path(),
          "cancelled",
          "run the same command again to continue",
          e);
    }
  }

  private static String host(FetchManifest.Item item) {
    return URI.create(item.url()).getHost();
  }
}
