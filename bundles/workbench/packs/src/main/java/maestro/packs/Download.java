package maestro.packs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import maestro.api.MaestroException;

/**
 * Downloads a file whose length and digest are known. What has arrived is kept beside it as {@code
 * .part}, and the next attempt, in this run or a later one, asks only for the rest. The file
 * appears under its name when its digest is right.
 */
final class Download {
  private static final int ATTEMPTS = 5;

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
              .followRedirects(HttpClient.Redirect.NORMAL)
              .connectTimeout(patience)
              .build();
    }
    return client;
  }

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
  void fetch(FetchManifest.Item item, Path file, Watcher watcher) {
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
        receive(item, channel, watcher);
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

  private void receive(FetchManifest.Item item, FileChannel channel, Watcher watcher)
      throws IOException {
    long wait = pause.toMillis();
    for (int failures = 0; channel.size() != item.bytes(); ) {
      long before = channel.size();
      try {
        attempt(item, channel, watcher);
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

  private void attempt(FetchManifest.Item item, FileChannel channel, Watcher watcher)
      throws Broken, IOException {
    long have = channel.size();
    if (have > item.bytes()) {
      channel.truncate(0);
      have = 0;
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(item.url())).timeout(patience);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    Receiver receiver = new Receiver(channel, item.bytes());
    CompletableFuture<HttpResponse<Void>> response =
        client()
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
    int status = await(response, receiver, item, watcher).statusCode();
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
          host(item) + " answers with status " + status,
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

  /** Appends what arrives to the file, and never more than the file is to have. */
  private static final class Receiver implements Flow.Subscriber<List<ByteBuffer>> {
    private final FileChannel channel;
    private final long limit;
    private long position;
    private boolean begun;
    private boolean stopped;
    private boolean overflow;
    private IOException failure;
    private Flow.Subscription subscription;

    Receiver(FileChannel channel, long limit) throws IOException {
      this.channel = channel;
      this.limit = limit;
      this.position = channel.size();
    }

    synchronized void begin(boolean rest) {
      begun = true;
      if (!rest) {
        position = 0;
      }
    }

    synchronized boolean begun() {
      return begun;
    }

    synchronized long position() {
      return position;
    }

    /** After this nothing is written any more, so that the next attempt has the file for itself. */
    synchronized void stop() {
      stopped = true;
      if (subscription != null) {
        subscription.cancel();
      }
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
      if (stopped) {
        return;
      }
      try {
        if (position == 0) {
          channel.truncate(0);
        }
        for (ByteBuffer buffer : buffers) {
          overflow |= buffer.remaining() > limit - position;
          while (buffer.hasRemaining() && !overflow) {
            position += channel.write(buffer, position);
          }
        }
      } catch (IOException e) {
        failure = e;
      }
      if (overflow || failure != null) {
        stop();
      } else {
        subscription.request(1);
      }
    }

    /** Throws what went wrong on this side of the connection. */
    synchronized void check(FetchManifest.Item item) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (overflow) {
        channel.truncate(0);
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            item.path(),
            host(item) + " sends more bytes than the manifest says",
            "use another manifest");
      }
    }

    @Override
    public void onError(Throwable failure) {
      // The response's future completes with it.
    }

    @Override
    public void onComplete() {
      // The response's future completes.
    }
  }
}
