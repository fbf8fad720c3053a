package maestro.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Entries of a zip archive with the place of their bytes, which {@link java.util.zip.ZipFile} does
 * not tell: what is stored uncompressed is used from the mapped file. Reads 64-bit archives.
 *
 * <p>Source: PKWARE, .ZIP File Format Specification (APPNOTE) 6.3, sections 4.3 and 4.5.3.
 */
final class ZipDirectory {
  static final int LOCAL_HEADER = 0x04034b50;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT = 0xffff;
  private static final int MAX_DIRECTORY = 64 << 20;
  private static final long FULL = 0xffffffffL;
  private static final int ENCRYPTED = 1;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  private final MappedFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final long directoryStart;

  /** One file in the archive; the offset is that of its local header. */
  record Entry(String name, boolean stored, long compressed, long size, long header) {}

  private record Place(long offset, long size) {}

  ZipDirectory(MappedFile file) {
    this.file = file;
    Place directory = findDirectory();
    this.directoryStart = directory.offset();
    ByteBuffer bytes = file.copy(directory.offset(), (int) directory.size());
    while (bytes.hasRemaining()) {
      readEntry(bytes);
    }
  }

  /** All entries by name, in the order of the directory. */
  Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** Where the first byte of an entry stands in the file. */
  long dataOffset(Entry entry) {
    expect(entry.header() <= directoryStart - LOCAL_BYTES, "an entry begins outside the archive");
    ByteBuffer local = file.copy(entry.header(), LOCAL_BYTES);
    expect(local.getInt(0) == LOCAL_HEADER, "an entry has no header of its own");
    long offset =
        entry.header() + LOCAL_BYTES + unsigned(local.getShort(26)) + unsigned(local.getShort(28));
    expect(
        offset <= directoryStart && entry.compressed() <= directoryStart - offset,
        "an entry is cut off");
    return offset;
  }

  /** The bytes of an entry, mapped when they are stored as they are, else unpacked. */
  ByteBuffer bytes(Entry entry) {
    long offset = dataOffset(entry);
    if (entry.stored()) {
      return file.slice(offset, Math.toIntExact(entry.size())).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer unpacked =
        ByteBuffer.allocateDirect((int) entry.size()).order(ByteOrder.LITTLE_ENDIAN);
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(file.slice(offset, Math.toIntExact(entry.compressed())));
      while (unpacked.hasRemaining() && inflater.inflate(unpacked) > 0) {
        // inflate moves the position on
      }
    } catch (DataFormatException e) {
      throw CheckpointException.damaged(file.file(), "an entry cannot be unpacked", e);
    } finally {
      inflater.end();
    }
    expect(!unpacked.hasRemaining(), "an entry is shorter than the archive says");
    return unpacked.flip();
  }

  private Place findDirectory() {
    int tailLength = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT);
    long tailStart = file.size() - tailLength;
    ByteBuffer tail = file.copy(tailStart, tailLength);
    for (int at = tailLength - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END
          && unsigned(tail.getShort(at + 20)) == tailLength - END_BYTES - at) {
        Place place = new Place(tail.getInt(at + 16) & FULL, tail.getInt(at + 12) & FULL);
        boolean large =
            place.offset() == FULL || place.size() == FULL || tail.getShort(at + 10) == -1;
        return checked(large ? directory64(tailStart + at) : place, tailStart + at);
      }
    }
    throw CheckpointException.damaged(
        file.file(), "the archive has no directory, it was probably cut off");
  }

  private Place directory64(long end) {
    expect(end >= LOCATOR_BYTES, "the archive's directory is damaged");
    ByteBuffer locator = file.copy(end - LOCATOR_BYTES, LOCATOR_BYTES);
    long record = locator.getLong(8);
    expect(
        locator.getInt(0) == LOCATOR_64 && record >= 0 && record <= end - LOCATOR_BYTES - 56,
        "the archive's directory is damaged");
    ByteBuffer end64 = file.copy(record, 56);
    expect(end64.getInt(0) == END_64, "the archive's directory is damaged");
    return new Place(end64.getLong(48), end64.getLong(40));
  }

  private Place checked(Place place, long end) {
    expect(
        place.offset() >= 0
            && place.size() >= 0
            && place.size() <= MAX_DIRECTORY
            && place.offset() <= end
            && place.size() <= end - place.offset(),
        "the archive's directory is damaged");
    return place;
  }

  private void readEntry(ByteBuffer bytes) {
    expect(
        bytes.remaining() >= CENTRAL_BYTES && bytes.getInt(bytes.position()) == CENTRAL_HEADER,
        "the archive's directory is damaged");
    int at = bytes.position();
    int nameLength = unsigned(bytes.getShort(at + 28));
    int extraLength = unsigned(bytes.getShort(at + 30));
    int commentLength = unsigned(bytes.getShort(at + 32));
    expect(
        bytes.remaining() - CENTRAL_BYTES >= nameLength + extraLength + commentLength,
        "the archive's directory is damaged");
    String name = new String(bytes.array(), at + CENTRAL_BYTES, nameLength, StandardCharsets.UTF_8);
    int method = unsigned(bytes.getShort(at + 10));
    expect((bytes.getShort(at + 8) & ENCRYPTED) == 0, "the archive is encrypted");
    expect(method == STORED || method == DEFLATED, "an entry is packed by an unknown method");
    long[] wide = {
      bytes.getInt(at + 24) & FULL, bytes.getInt(at + 20) & FULL, bytes.getInt(at + 42) & FULL
    };
    widen(bytes, at + CENTRAL_BYTES + nameLength, extraLength, wide);
    Entry entry = new Entry(name, method == STORED, wide[1], wide[0], wide[2]);
    expect(
        entry.size() >= 0
            && entry.size() <= file.size()
            && entry.compressed() >= 0
            && entry.compressed() <= file.size()
            && entry.header() >= 0
            && (entry.stored()
                ? entry.size() == entry.compressed()
                : entry.size() <= Integer.MAX_VALUE),
        "the entry " + CheckpointException.quote(name) + " claims more bytes than the file has");
    expect(
        entries.put(name, entry) == null,
        "the entry " + CheckpointException.quote(name) + " is there twice");
    bytes.position(at + CENTRAL_BYTES + nameLength + extraLength + commentLength);
  }

  /**
   * Size, packed size and offset, in this order, stand in an extra field where 32 bits do not hold
   * them.
   */
  private void widen(ByteBuffer bytes, int start, int length, long[] wide) {
    int end = start + length;
    for (int at = start; at + 4 <= end; at += 4 + unsigned(bytes.getShort(at + 2))) {
      int fieldEnd = at + 4 + unsigned(bytes.getShort(at + 2));
      if (bytes.getShort(at) == 1 && fieldEnd <= end) {
        int next = at + 4;
        for (int i = 0; i < wide.length; i++) {
          if (wide[i] == FULL) {
            expect(next + 8 <= fieldEnd, "the archive's directory is damaged");
            wide[i] = bytes.getLong(next);
            next += 8;
          }
        }
      }
    }
  }

  private static int unsigned(short value) {
    return value & 0xffff;
  }

  private void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw CheckpointException.damaged(file.file(), otherwise);
    }
  }
}
