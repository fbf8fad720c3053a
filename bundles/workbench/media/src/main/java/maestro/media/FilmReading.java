package maestro.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_ROUND_NEAR_INF;
import static org.bytedeco.ffmpeg.global.avutil.av_d2q;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_rnd;

import java.util.ArrayList;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.film.FrameSource;
import maestro.api.media.MediaReader.Subscription;
import maestro.api.run.RunContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * One film decoded once for several readers. The calling thread decodes; each reader has a thread,
 * on which its pictures are also scaled, so that scaling runs beside decoding. Between them is a
 * short queue: a slow reader holds the decoder back, and memory does not grow with the film.
 */
final class FilmReading {
  private static final int QUEUE = 8;
  private static final long QUEUE_BYTES = 64L << 20;
  private static final double SEEK_FROM_SECONDS = 1;
  private static final int LARGEST_RATE_TERM = 1_001_000;

  private final MediaFile file;
  private final AVStream stream;
  private final FilmClip clip;
  private final RunContext run;
  private final Orientation orientation;
  private final PictureSpan span;
  private final long usualDuration;
  private final List<Reader> readers = new ArrayList<>();
  private RuntimeException failure;

  FilmReading(MediaFile file, FilmClip clip, RunContext run) {
    this.file = file;
    this.clip = clip;
    this.run = run;
    stream = file.picture();
    orientation = file.orientation(stream);
    span = Spans.of(clip, file.limits());
    usualDuration = PictureSpan.usual(stream);
  }

  /** Decodes until the film or the last reader ends. */
  void read(List<Subscription> subscriptions) {
    try (Decoder decoder = new Decoder(file, stream);
        Pictures pictures = new Pictures(decoder, file.limits().threads())) {
      for (Subscription subscription : subscriptions) {
        readers.add(new Reader(subscription));
      }
      readers.forEach(Reader::start);
      decode(decoder, pictures);
    } catch (RuntimeException e) {
      fail(e);
    } finally {
      readers.forEach(reader -> reader.shots.end());
      readers.forEach(Reader::join);
    }
    if (failure() != null) {
      throw failure();
    }
  }

  /** All times count from the first picture. */
  private void decode(Decoder decoder, Pictures pictures) {
    boolean sought = clip.startSeconds() < SEEK_FROM_SECONDS;
    long first = Ffmpeg.UNKNOWN_TIME;
    long last = 0;
    long duration = usualDuration;
    AVFrame picture;
    while ((picture = pictures.next()) != null) {
      check();
      long time = picture.pts();
      if (first == Ffmpeg.UNKNOWN_TIME) {
        first = time == Ffmpeg.UNKNOWN_TIME ? 0 : time;
        time = first;
      }
      last = time == Ffmpeg.UNKNOWN_TIME ? last + duration : time;
      duration = picture.duration() > 0 ? picture.duration() : usualDuration;
      if ((last - first + duration) * Ffmpeg.number(stream.time_base()) > file.limits().seconds()) {
        throw new MaestroException(
            Kind.INPUT,
            file.name(),
            "its pictures run on beyond the longest film allowed",
            "cut it, or repair it");
      }
      boolean wanted = false;
      long shown = span.edits().isPresent() ? span.edits().get().shown(last) : last - first;
      for (Reader reader : readers) {
        wanted |= reader.arrives(picture, shown);
      }
      if (!wanted) {
        return;
      }
      if (!sought) {
        // One picture more, as deinterlacing looks at the one before.
        sought = true;
        pictures.seek(first + skippedTicks() - usualDuration);
      }
    }
    if (decoder.decoded() == 0) {
      throw new MaestroException(
          Kind.INPUT,
          file.name(),
          "not one of its pictures can be decoded",
          "copy or download it again");
    }
    long end =
        span.edits().isPresent()
            ? span.end() - span.start()
            : PictureSpan.end(file, last, duration) - first;
    for (Reader reader : readers) {
      reader.ends(end);
    }
    if (decoder.damaged() > 0) {
      run.remark(
          file.name() + ": " + decoder.damaged() + " damaged pictures were passed over or patched");
    }
  }

  /** How long after the first picture the first one lies that a reader wants, rounded down. */
  private long skippedTicks() {
    double seconds =
        readers.stream().mapToDouble(reader -> reader.skipped / reader.rate).min().orElse(0);
    return (long) Math.floor(seconds / Ffmpeg.number(stream.time_base())) - 1;
  }

  /** Half of the threads go to the readers together; the decoder keeps the others busy. */
  private int scalingThreads() {
    return Math.max(1, file.limits().threads() / (2 * readers.size()));
  }

  private void check() {
    run.checkCancelled();
    RuntimeException error = failure();
    if (error != null) {
      throw error;
    }
  }

  /** Ends all readers; the first error is the one that counts. */
  private synchronized void fail(RuntimeException error) {
    if (failure == null) {
      failure = error;
      MaestroException toOthers =
          new MaestroException(
              Kind.CANCELLED,
              "media",
              "reading of " + file.name() + " ended early",
              "see why it did",
              error);
      readers.forEach(reader -> reader.shots.fail(toOthers));
    }
  }

  private synchronized RuntimeException failure() {
    return failure;
  }

  /** One subscription at work. */
  private final class Reader implements FrameSource {
    private final Subscription subscription;
    private final double rate;
    private final long ticksUp;
    private final long ticksDown;
    private final long skipped;
    private final FrameClock clock;
    private final AVFrame held = Ffmpeg.allocated(av_frame_alloc());
    private final Shots shots;
    private final Thread thread;
    private FrameScaler scaler;
    private byte[] rgb;
    private long showings;
    private long shown;

    Reader(Subscription subscription) {
      this.subscription = subscription;
      AVRational asked = av_d2q(subscription.request().framesPerSecond(), LARGEST_RATE_TERM);
      rate = Ffmpeg.number(asked);
      skipped = shownAt(clip.startSeconds());
      shown = skipped;
      clock = new FrameClock(skipped);
      ticksUp = (long) stream.time_base().num() * asked.num();
      ticksDown = (long) stream.time_base().den() * asked.den();
      long pictureBytes = 3L * clip.width() * clip.height();
      shots =
          new Shots((int) Math.max(1, Math.min(QUEUE, QUEUE_BYTES / Math.max(1, pictureBytes))));
      thread =
          new Thread(
              this::work, "film reader " + subscription.request().framesPerSecond() + " fps");
      thread.setDaemon(true);
    }

    /** Number of the frame that is shown at a time. */
    private long shownAt(double seconds) {
      long frame = (long) Math.floor(seconds * rate);
      return frame > 0 && frame / rate > seconds ? frame - 1 : frame;
    }

    void start() {
      thread.start();
    }

    private void work() {
      try {
        scaler =
            new FrameScaler(
                clip, subscription.request(), orientation, scalingThreads(), file.name());
        subscription.reader().accept(this);
      } catch (RuntimeException e) {
        fail(e);
      } catch (Error e) {
        fail(
            new MaestroException(
                Kind.INTERNAL, "media", "a reader of the film failed: " + e, "see the log", e));
      } finally {
        shots.close();
        if (scaler != null) {
          scaler.close();
        }
      }
    }

    /** Hands on the picture before this one; false when nobody reads here any more. */
    boolean arrives(AVFrame picture, long time) {
      boolean reading = show(clock.arrives(due(time)));
      av_frame_unref(held);
      if (av_frame_ref(held, picture) < 0) {
        throw new MaestroException(
            Kind.RESOURCE, "media", "no memory left for a picture", "run again");
      }
      return reading;
    }

    void ends(long time) {
      show(clock.ends(due(time)));
      shots.end();
    }

    private long due(long time) {
      return av_rescale_rnd(time, ticksUp, ticksDown, AV_ROUND_NEAR_INF);
    }

    private boolean show(long times) {
      return times > 0 ? shots.offer(held, times, FilmReading.this::check) : !shots.isClosed();
    }

    @Override
    public Frame next() {
      if (showings == 0) {
        Shots.Shot shot = shots.take();
        if (shot == null) {
          return null;
        }
        showings = shot.times();
        AVFrame picture = shot.picture();
        try {
          rgb = scaler.rgb(picture);
        } finally {
          av_frame_free(picture);
        }
      }
      showings--;
      return new Frame(shown++ / rate, scaler.width(), scaler.height(), rgb);
    }

    void join() {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      av_frame_free(held);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
