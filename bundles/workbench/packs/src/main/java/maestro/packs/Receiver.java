package maestro.packs;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.Flow;
import maestro.api.MaestroException;

/** Appends what arrives to the file, and never more than the file is to have. */
final class Receiver implements Flow.Subscriber<List<ByteBuffer>> {
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
          URI.create(item.url()).getHost() + " sends more bytes than the manifest says",
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
