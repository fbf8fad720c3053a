package maestro.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The index (box {@code moov}) of an MP4 or MOV file that was just written here and has it at its
 * end: gives its first track an edit list (ISO/IEC 14496-12, 8.6.6), as FFmpeg's muxer writes one
 * of a single edit only.
 */
final class IndexFile {
  private static final int HEADER = 8;
  private static final int ONE = 1 << 16;

  private final ByteBuffer index;

  private IndexFile(ByteBuffer index) {
    this.index = index;
  }

  /**
   * Puts an edit list into a file.
   *
   * @param edits in ticks of the track, which must be those of the whole file, too
   */
  static void edit(Path file, List<EditList.Edit> edits) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = find(channel);
      ByteBuffer index = ByteBuffer.allocate((int) (channel.size() - at));
      read(channel, index, at);
      ByteBuffer edited = new IndexFile(index.flip()).with(edits);
      while (edited.hasRemaining()) {
        channel.write(edited, at + edited.position());
      }
    }
  }

  private static long find(FileChannel channel) throws IOException {
    long at = 0;
    while (true) {
      ByteBuffer header = ByteBuffer.allocate(16);
      read(channel, header, at);
      if (name(header, 0).equals("moov")) {
        return at;
      }
      long size = Integer.toUnsignedLong(header.getInt(0));
      at += size == 1 ? header.getLong(HEADER) : size;
    }
  }

  private static void read(FileChannel channel, ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int read = channel.read(into, from);
      if (read <= 0) {
        throw new IOException("the index is not whole");
      }
      from += read;
    }
  }

  private ByteBuffer with(List<EditList.Edit> edits) {
    long length = edits.stream().mapToLong(EditList.Edit::length).sum();
    int movie = box("mvhd", HEADER, index.limit());
    int track = box("trak", HEADER, index.limit());
    int trackEnd = track + index.getInt(track);
    int head = box("tkhd", track + HEADER, trackEnd);
    setDuration(head, 28, 36, length);
    setDuration(movie, 24, 32, longest());
    int afterHead = head + index.getInt(head);
    int old = box("edts", track + HEADER, trackEnd);
    int begin = old < 0 ? afterHead : old;
    int end = old < 0 ? afterHead : old + index.getInt(old);
    ByteBuffer list = box(edits);
    int growth = list.remaining() - (end - begin);
    index.putInt(0, index.getInt(0) + growth);
    index.putInt(track, index.getInt(track) + growth);
    return ByteBuffer.allocate(index.limit() + growth)
        .put(index.slice(0, begin))
        .put(list)
        .put(index.slice(end, index.limit() - end))
        .flip();
  }

  private static ByteBuffer box(List<EditList.Edit> edits) {
    int size = 2 * HEADER + 8 + 20 * edits.size();
    ByteBuffer box = ByteBuffer.allocate(size).putInt(size);
    box.put("edts".getBytes(StandardCharsets.US_ASCII)).putInt(size - HEADER);
    box.put("elst".getBytes(StandardCharsets.US_ASCII)).putInt(1 << 24).putInt(edits.size());
    for (EditList.Edit edit : edits) {
      box.putLong(edit.length()).putLong(edit.media()).putInt(ONE);
    }
    return box.flip();
  }

  /** The longest duration that a track says. */
  private long longest() {
    long longest = 0;
    for (int at = HEADER; at < index.limit(); at += index.getInt(at)) {
      if (name(index, at).equals("trak")) {
        int head = box("tkhd", at + HEADER, at + index.getInt(at));
        boolean wide = index.get(head + HEADER) == 1;
        long own =
            wide ? index.getLong(head + 36) : Integer.toUnsignedLong(index.getInt(head + 28));
        longest = Math.max(longest, own);
      }
    }
    return longest;
  }

  private void setDuration(int box, int narrowAt, int wideAt, long value) {
    if (index.get(box + HEADER) == 1) {
      index.putLong(box + wideAt, value);
    } else {
      index.putInt(box + narrowAt, (int) Math.min(value, 0xFFFFFFFFL));
    }
  }

  /** Where the first box of a name begins among those in between, -1 where there is none. */
  private int box(String name, int from, int to) {
    for (int at = from; at + HEADER <= to; at += index.getInt(at)) {
      if (name(index, at).equals(name)) {
        return at;
      }
    }
    return -1;
  }

  private static String name(ByteBuffer bytes, int at) {
    byte[] name = new byte[4];
    bytes.get(at + 4, name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
