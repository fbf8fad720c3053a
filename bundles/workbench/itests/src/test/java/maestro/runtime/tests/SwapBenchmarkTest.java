package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long a swap takes, and what a running loop notices of it. Prints figures; fails only when a
 * step of the loop does.
 */
@Tag("campaign")
final class SwapBenchmarkTest {
  private static final int WARM_UP = 20;
  private static final int SWAPS = 200;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"encoder.toy", "control.melody"})
  void swap(String name) throws Exception {
    Path jar =
        name.equals("encoder.toy")
            ? PluginJars.build(folder, name, "maestro.runtime.tests.toys.encoder")
            : PluginJars.distributed("maestro." + name);
    double[] swapMillis = new double[SWAPS];
    double[] gapMillis = new double[SWAPS];
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      for (String library : List.of("maestro.signal", "maestro.statistics", "maestro.affect")) {
        host.context().installBundle(PluginJars.distributed(library).toUri().toString()).start();
      }
      host.maestro(
          "bundles",
          "install",
          PluginJars.version(jar, folder.resolve("v.jar"), "1.0.0").toString());
      host.probe("pulse", "name", name);
      List<long[]> results = new ArrayList<>();
      for (int swap = 1; swap <= WARM_UP + SWAPS; swap++) {
        Path next = PluginJars.version(jar, folder.resolve("v.jar"), "1.0." + swap);
        long began = System.nanoTime();
        assertThat(host.maestro("bundles", "update", name, next.toString()).code()).isZero();
        await(host, swap, results);
        if (swap > WARM_UP) {
          measure(results, began, swap, swap - WARM_UP - 1, swapMillis, gapMillis);
        }
        results.subList(0, results.size() - 1).clear();
      }
      assertThat(host.probe("pulse", "stop", true).get("failure")).isEqualTo("");
    }
    System.out.printf(
        "swap of %s, %d times: to the first result %s; gap %s%n",
        name, SWAPS, quantiles(swapMillis), quantiles(gapMillis));
  }

  private static void await(LiveHost host, int version, List<long[]> results) throws Exception {
    while (results.isEmpty() || results.get(results.size() - 1)[1] != version) {
      var answer = host.probe("pulse");
      assertThat(answer.get("failure")).isEqualTo("");
      results.addAll(List.of((long[][]) answer.get("results")));
      Thread.sleep(1);
    }
  }

  private static void measure(
      List<long[]> results, long began, int version, int index, double[] swap, double[] gap) {
    for (int i = 1; i < results.size(); i++) {
      long[] result = results.get(i);
      if (result[0] < began) {
        continue;
      }
      gap[index] = Math.max(gap[index], (result[0] - results.get(i - 1)[0]) / 1e6);
      if (result[1] == version) {
        swap[index] = (result[0] - began) / 1e6;
        return;
      }
    }
  }

  private static String quantiles(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return String.format(
        "p50 %.1f, p95 %.1f, longest %.1f ms",
        sorted[sorted.length / 2], sorted[sorted.length * 95 / 100], sorted[sorted.length - 1]);
  }
}
