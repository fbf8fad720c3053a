package maestro.listeningtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maestro.api.MaestroException;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaReader;
import maestro.api.media.MediaWriter;
import maestro.api.run.Provenance;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;

/**
 * Sounds of a test: a file holds rate, channels, level and seconds of a tone of 440 Hz; a negative
 * level is that of single clicks. What is written is rate, channels and samples.
 */
final class FakeMedia implements MediaReader, MediaWriter {
  @Override
  public FilmClip probe(Path film) {
    throw new MaestroException(MaestroException.Kind.INPUT, "film", "there is none", "give one");
  }

  @Override
  public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
    throw new AssertionError("no film is read");
  }

  @Override
  public Sound sound(Path file) {
    try {
      String[] words = Files.readString(file).split(" ");
      int rate = Integer.parseInt(words[0]);
      float level = Float.parseFloat(words[2]);
      float[][] channels = new float[Integer.parseInt(words[1])][];
      for (int c = 0; c < channels.length; c++) {
        channels[c] = new float[(int) (Double.parseDouble(words[3]) * rate)];
        for (int n = 0; n < channels[c].length; n++) {
          channels[c][n] =
              level < 0
                  ? n % (rate / 10) == 0 ? -level : 0
                  : (float) (level * Math.sin(2 * Math.PI * 440 * n / rate));
        }
      }
      return new Sound(channels, rate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void wav(Path file, Sound sound, Provenance provenance) {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + 4 * sound.channels().length * sound.length())
            .putInt(sound.sampleRateHz())
            .putInt(sound.channels().length);
    for (float[] channel : sound.channels()) {
      for (float sample : channel) {
        bytes.putFloat(sample);
      }
    }
    try {
      Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@link #wav} wrote. */
  static Sound unwrapped(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int rate = buffer.getInt();
    float[][] channels = new float[buffer.getInt()][];
    for (int c = 0; c < channels.length; c++) {
      channels[c] = new float[(bytes.length - 8) / 4 / channels.length];
      for (int n = 0; n < channels[c].length; n++) {
        channels[c][n] = buffer.getFloat();
      }
    }
    return new Sound(channels, rate);
  }

  @Override
  public void film(Path file, FilmClip picture, Sound sound, Provenance provenance) {
    throw new AssertionError("no film is written");
  }

  @Override
  public Provenance provenance(Path result) {
    throw new AssertionError("nothing is asked");
  }
}
