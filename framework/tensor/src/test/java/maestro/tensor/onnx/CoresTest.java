package maestro.tensor.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoresTest {
  private static String thread(int socket, int core) {
    return "processor\t: 0\nphysical id\t: "
        + socket
        + "\nsiblings\t: 2\ncore id\t\t: "
        + core
        + "\n\n";
  }

  @Test
  void twoThreadsOfACoreCountOnce() {
    assertThat(Cores.physical(thread(0, 0) + thread(0, 0) + thread(0, 1) + thread(0, 1)))
        .isEqualTo(2);
  }

  @Test
  void coresOfTwoSocketsAreDifferent() {
    assertThat(Cores.physical(thread(0, 0) + thread(1, 0))).isEqualTo(2);
  }

  @Test
  void aSystemThatDoesNotSayHasNone() {
    assertThat(Cores.physical("processor : 0\nBogoMIPS : 50.00\n")).isZero();
    assertThat(Cores.usable()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }
}
