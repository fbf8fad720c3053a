package maestro.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class NativeHeapTest {
  private static final int PIECE = 64 << 10; // small enough for the C library to keep
  private static final int PIECES = 1_500;

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatWasFreedIsGivenBackToTheSystem() throws Exception {
    NativeHeap heap = new NativeHeap();
    assumeThat(heap.trim()).as("this JDK can").isTrue();
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      piece.put(PIECE - 1, (byte) 1);
      pieces.add(piece);
    }
    ByteBuffer above = pieces.get(PIECES - 1); // the end of the heap stays in use
    long full = resident();
    pieces.clear();
    while (direct() > PIECE * 100L) {
      System.gc();
      Thread.onSpinWait();
    }
    heap.trim();
    assertThat(full - resident()).isGreaterThan(PIECES * PIECE / 2L);
    assertThat(above.get(PIECE - 1)).isEqualTo((byte) 1);
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow()
        .getMemoryUsed();
  }

  /** Resident memory of this process, bytes. */
  private static long resident() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}
