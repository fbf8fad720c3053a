package maestro.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.sound.Sound;

/**
 * RIFF/WAVE files of 16-bit PCM. The manifest stands before the samples, in the comment ({@code
 * ICMT}) of the standard {@code LIST}/{@code INFO} chunk, in UTF-8 and closed by a zero byte; other
 * programs show it as the file's comment.
 */
final class WavFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private WavFile() {}

  static void write(Path file, String name, Sound sound, String manifest) throws IOException {
    byte[] comment = (manifest + "\0").getBytes(StandardCharsets.UTF_8);
    int padding = comment.length & 1;
    int channels = sound.channels().length;
    long dataBytes = 2L * channels * sound.length();
    long listBytes = 4L + 8 + comment.length + padding;
    long riffBytes = 4L + 8 + 16 + 8 + listBytes + 8 + dataBytes;
    if (riffBytes > 0xFFFFFFFFL || channels > 0xFFFF) {
      throw new MaestroException(
          Kind.INPUT,
          name,
          String.format(
              "%.0f s of %d channels do not fit into a WAV file", sound.seconds(), channels),
          "cut the sound, or write it to .mkv");
    }
    ByteBuffer buffer =
        ByteBuffer.allocate((int) (8 + riffBytes - dataBytes) + BUFFER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    ascii(buffer, "RIFF").putInt((int) riffBytes);
    ascii(buffer, "WAVEfmt ").putInt(16).putShort((short) 1).putShort((short) channels);
    buffer.putInt(sound.sampleRateHz()).putInt(2 * channels * sound.sampleRateHz());
    buffer.putShort((short) (2 * channels)).putShort((short) 16);
    ascii(buffer, "LIST").putInt((int) listBytes);
    ascii(buffer, "INFOICMT").putInt(comment.length).put(comment).put(new byte[padding]);
    ascii(buffer, "data").putInt((int) dataBytes);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < sound.length(); i++) {
        if (buffer.remaining() < 2 * channels) {
          empty(buffer, out);
        }
        for (float[] channel : sound.channels()) {
          buffer.putShort(Pcm.of(channel[i]));
        }
      }
      empty(buffer, out);
    }
  }

  private static ByteBuffer ascii(ByteBuffer buffer, String text) {
    return buffer.put(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void empty(ByteBuffer buffer, FileChannel out) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }
}
