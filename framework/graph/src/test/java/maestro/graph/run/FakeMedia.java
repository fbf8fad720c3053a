package maestro.graph.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.film.FilmClip;
import maestro.api.film.Frame;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.files.Sha256;

/**
 * Films that are text files: the seconds they last. Frames are grey and grow lighter. Sounds are
 * text files, too: the level of one second. Results are raw numbers, which can be read again.
 */
public class FakeMedia implements MediaReader, MediaWriter {
  public final AtomicInteger passes = new AtomicInteger();
  public final AtomicInteger frames = new AtomicInteger();

  /** A new film. */
  public static Path film(Path folder, String name, double seconds) throws IOException {
    return Files.writeString(folder.resolve(name), Double.toString(seconds));
  }

  @Override
  public FilmClip probe(Path film) {
    try {
      double seconds = Double.parseDouble(Files.readString(film).strip());
      return new FilmClip(film.toAbsolutePath(), Sha256.of(film), 4, 2, 24, seconds, false);
    } catch (IOException | NumberFormatException e) {
      throw new MaestroException(
          Kind.INPUT, film.getFileName().toString(), "not a film", "give another", e);
    }
  }

  @Override
  public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
    passes.incrementAndGet();
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Subscription subscription : subscriptions) {
      int[] next = new int[1];
      Thread thread =
          new Thread(
              () -> {
                try {
                  subscription
                      .reader()
                      .accept(
                          () -> {
                            run.checkCancelled();
                            double time = next[0]++ / subscription.request().framesPerSecond();
                            if (time >= clip.durationSeconds()) {
                              return null;
                            }
                            frames.incrementAndGet();
                            byte[] rgb = new byte[4 * 2 * 3];
                            Arrays.fill(rgb, (byte) (100 * time / clip.durationSeconds()));
                            return new Frame(time, 4, 2, rgb);
                          });
                } catch (RuntimeException e) {
                  thrown.compareAndSet(null, e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (thrown.get() != null) {
      throw thrown.get();
    }
  }

  @Override
  public Sound sound(Path file) {
    if (file.toString().endsWith(".wav")) {
      return result(file);
    }
    float[] samples = new float[16_000];
    Arrays.fill(samples, (float) Double.parseDouble(read(file)));
    return Sound.mono(samples, 16_000);
  }

  private static Sound result(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      bytes.position(Integer.BYTES + bytes.getInt());
      float[] samples = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(samples);
      return Sound.mono(samples, 16_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void wav(Path file, Sound sound, Provenance provenance) {
    byte[] manifest = provenance.manifest().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(4 + manifest.length + 4 * sound.length());
    bytes.putInt(manifest.length).put(manifest);
    for (float sample : sound.channels()[0]) {
      bytes.putFloat(sample);
    }
    try {
      Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new MaestroException(
          Kind.RESOURCE,
          file.getFileName().toString(),
          "it cannot be written",
          "check free space",
          e);
    }
  }

  @Override
  public void film(Path file, FilmClip picture, Sound sound, Provenance provenance) {
    wav(file, sound, provenance);
  }

  @Override
  public Provenance provenance(Path result) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(result));
      byte[] manifest = new byte[bytes.getInt()];
      bytes.get(manifest);
      return new Provenance(new String(manifest, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
