package maestro.contracts;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import maestro.api.MaestroException;

/**
 * Feeds a reader of untrusted bytes with damaged copies of good inputs. A reader passes when each
 * is read or refused with a {@link MaestroException} of kind INPUT, and when no single one makes it
 * take more memory than the input explains. A hang shows as the test's own time-out.
 */
public final class HostileInputs {
  /** Numbers that programs trip over. */
  private static final long[] AWKWARD = {
    0,
    1,
    -1,
    7,
    8,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xffffffffL,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String[] AWKWARD_TEXT = {
    "0",
    "-1",
    "1.5",
    "1e9",
    "2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "null",
    "[",
    "{",
    "}",
    "]",
    "\"",
    "\\",
    "\\u0000",
    "../",
    "\n",
    ",",
    ":"
  };

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<byte[]> good;
  private final long fixedBytes;
  private final int bytesPerByte;

  /** What a reader does with one input. */
  @FunctionalInterface
  public interface Reader {
    /** Reads everything, and looks at what was read. */
    void read(byte[] input) throws Exception;
  }

  /**
   * What came of it.
   *
   * @param read inputs that were accepted in spite of the damage
   * @param refused inputs that were refused as they should be
   * @param slowestNanos time of the slowest
   * @param mostBytes heap taken by the greediest
   */
  public record Report(long read, long refused, long slowestNanos, long mostBytes) {}

  /**
   * Damaged copies of these.
   *
   * @param good inputs the reader accepts
   * @param fixedBytes heap any input may take
   * @param bytesPerByte heap a byte of input may take on top
   */
  public HostileInputs(List<byte[]> good, long fixedBytes, int bytesPerByte) {
    this.good = List.copyOf(good);
    this.fixedBytes = fixedBytes;
    this.bytesPerByte = bytesPerByte;
  }

  /**
   * Runs a reader.
   *
   * @param first number of the first damaged input; the same number is the same input on every
   *     machine
   * @param count how many
   * @throws AssertionError that names the number of the first input the reader fails on, and the
   *     input itself
   */
  public Report feed(long first, long count, Reader reader) {
    long read = 0;
    long slowest = 0;
    long most = 0;
    for (long number = first; number < first + count; number++) {
      byte[] input = input(number);
      long began = System.nanoTime();
      long heap = THREADS.getCurrentThreadAllocatedBytes();
      read += accepts(reader, input, number) ? 1 : 0;
      heap = THREADS.getCurrentThreadAllocatedBytes() - heap;
      slowest = Math.max(slowest, System.nanoTime() - began);
      if (heap > limit(input)) {
        // A class that is loaded on the way takes memory too, but only once.
        heap = THREADS.getCurrentThreadAllocatedBytes();
        accepts(reader, input, number);
        heap = THREADS.getCurrentThreadAllocatedBytes() - heap;
      }
      most = Math.max(most, heap);
      if (heap > limit(input)) {
        throw new AssertionError(describe(number, input) + " took " + heap + " bytes of heap");
      }
    }
    return new Report(read, count - read, slowest, most);
  }

  private long limit(byte[] input) {
    return fixedBytes + (long) bytesPerByte * input.length;
  }

  /** The damaged input of that number. */
  public byte[] input(long number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] bytes = good.get(random.nextInt(good.size())).clone();
    int damages = 1 + random.nextInt(4);
    for (int i = 0; i < damages; i++) {
      bytes = damage(bytes, random);
    }
    return bytes;
  }

  private static boolean accepts(Reader reader, byte[] input, long number) {
    try {
      reader.read(input);
      return true;
    } catch (MaestroException e) {
      if (e.kind() == MaestroException.Kind.INPUT) {
        return false;
      }
      throw new AssertionError(describe(number, input) + " was refused as " + e.kind(), e);
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(describe(number, input) + " was not refused properly", e);
    }
  }

  private static String describe(long number, byte[] input) {
    return "input "
        + number
        + " of "
        + input.length
        + " bytes ("
        + Base64.getEncoder().encodeToString(Arrays.copyOf(input, Math.min(input.length, 6000)))
        + ")";
  }

  private byte[] damage(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(9)) {
      case 0:
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return bytes;
      case 1:
        bytes[at] = (byte) random.nextInt();
        return bytes;
      case 2:
        return Arrays.copyOf(bytes, at);
      case 3:
        return number(
            bytes, at, AWKWARD[random.nextInt(AWKWARD.length)], random.nextBoolean() ? 8 : 4);
      case 4:
        return splice(
            bytes,
            at,
            0,
            AWKWARD_TEXT[random.nextInt(AWKWARD_TEXT.length)].getBytes(StandardCharsets.UTF_8));
      case 5:
        return splice(bytes, at, Math.min(1 + random.nextInt(8), bytes.length - at), new byte[0]);
      case 6:
        byte[] other = good.get(random.nextInt(good.size()));
        int from = random.nextInt(other.length);
        byte[] piece =
            Arrays.copyOfRange(other, from, Math.min(other.length, from + 1 + random.nextInt(64)));
        return splice(
            bytes, at, random.nextBoolean() ? Math.min(piece.length, bytes.length - at) : 0, piece);
      case 7:
        return digit(bytes, at, random);
      default:
        int end = Math.min(bytes.length, at + 1 + random.nextInt(32));
        return splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, end));
    }
  }

  private static byte[] number(byte[] bytes, int at, long value, int length) {
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
    System.arraycopy(number.array(), 0, bytes, at, Math.min(length, bytes.length - at));
    return bytes;
  }

  /** Changes the next digit of a text. */
  private static byte[] digit(byte[] bytes, int at, SplittableRandom random) {
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        bytes[i] = (byte) ('0' + random.nextInt(10));
        return bytes;
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, int without, byte[] with) {
    byte[] spliced = new byte[bytes.length - without + with.length];
    System.arraycopy(bytes, 0, spliced, 0, at);
    System.arraycopy(with, 0, spliced, at, with.length);
    System.arraycopy(bytes, at + without, spliced, at + with.length, bytes.length - at - without);
    return spliced;
  }
}
