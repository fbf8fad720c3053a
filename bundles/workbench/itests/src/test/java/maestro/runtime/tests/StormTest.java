package maestro.runtime.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/**
 * Random install, update, stop, start and uninstall events while jobs run, and files that come,
 * change and go in the plugins folder in place of bundles the distribution ships: no wrong or
 * failed job, no deadlock, every replaced class loader collected, threads and resident memory
 * level.
 */
final class StormTest {
  private static final String TOYS = "maestro.runtime.tests.toys.";
  private static final int JOBS = 4;

  /** Two of them run networks, of a tiny pack; tavar's and wecl's have one size, too slow here. */
  private static final List<String> REAL =
      List.of(
          "encoder.cinematic",
          "encoder.clip",
          "fusion.concat",
          "fusion.laff",
          "control.melody",
          "control.dynamics",
          "sampler.ddim");

  /** What they stand on, in the order of their start. */
  private static final List<String> BENEATH =
      List.of(
          "engine.djl",
          "engine.onnx",
          "tensor",
          "networks",
          "picture",
          "signal",
          "statistics",
          "affect",
          "packs");

  @TempDir Path folder;

  @Test
  void plugins() throws Exception {
    storm(100, toys());
  }

  @Test
  void shippedBundlesReplacedThroughTheFolder() throws Exception {
    folderStorm(60);
  }

  @Test
  @Tag("campaign")
  void thousandFilesInTheFolder() throws Exception {
    folderStorm(1000);
  }

  @Test
  @Tag("campaign")
  void thousandEventsOfToys() throws Exception {
    storm(1000, toys());
  }

  @Test
  @Tag("campaign")
  void thousandEventsOfRealBundles() throws Exception {
    Map<String, Path> bundles = new HashMap<>();
    for (String name : REAL) {
      bundles.put(name, PluginJars.distributed("maestro." + name));
    }
    storm(1000, bundles);
  }

  private Map<String, Path> toys() throws Exception {
    Map<String, Path> bundles = new HashMap<>();
    for (String kind : List.of("encoder", "control", "sampler")) {
      bundles.put(kind + ".toy", PluginJars.build(folder, kind + ".toy", TOYS + kind));
    }
    return bundles;
  }

  private void storm(int events, Map<String, Path> bundles) throws Exception {
    Random random = new Random(42);
    List<String> names = new ArrayList<>(bundles.keySet());
    Map<String, Integer> counts = new HashMap<>();
    try (LiveHost host = new LiveHost(folder.resolve("home"))) {
      if (bundles.containsKey("encoder.clip")) {
        for (String name : BENEATH) {
          Path jar = PluginJars.distributed("maestro." + name);
          host.context().installBundle("reference:" + jar.toUri()).start();
        }
        host.maestro(
            "packs", "synthetic", "storm", "--part", "encoder.clip", "--part", "fusion.laff");
        host.probe("jobs", "op", "pack", "name", "storm");
      }
      for (String name : names) {
        host.maestro("bundles", "install", bundles.get(name).toString());
      }
      host.probe("jobs", "op", "start", "threads", JOBS, "names", names);
      Thread.sleep(1000);
      int threadsBefore = Thread.activeCount();
      long residentBefore = 0;
      long began = System.nanoTime();
      for (int event = 1; event <= events; event++) {
        String name = names.get(random.nextInt(names.size()));
        String what = act(host, random, name, bundles.get(name), event);
        counts.merge(what, 1, Integer::sum);
        if (event == events / 5) { // by then classes are loaded and compiled
          residentBefore = residentKilobytes();
        }
        if (event % 100 == 0) {
          System.out.printf("storm: %d events, %s%n", event, memory());
        }
        Thread.sleep(random.nextInt(10));
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      Map<String, Object> result = host.probe("jobs", "op", "stop");
      assertThat((List<?>) result.get("wrong")).isEmpty();
      assertThat((Long) result.get("done")).isGreaterThan(events);
      settle(host);
      int threadsAfter = Thread.activeCount();
      long residentAfter = residentKilobytes();
      long alive = collected(host, names.size());
      System.out.printf(
          "storm: %d events %s in %d s, %s jobs, %s refused while off; class loaders %s seen, %d alive, %d plugins;"
              + " threads %d -> %d; resident %d -> %d MiB%n",
          events,
          counts,
          seconds,
          result.get("done"),
          result.get("refused"),
          result.get("loadersSeen"),
          alive,
          names.size(),
          threadsBefore,
          threadsAfter,
          residentBefore / 1024,
          residentAfter / 1024);
      assertThat(alive)
          .as("class loaders alive: %s", host.probe("jobs", "op", "counts").get("alive"))
          .isLessThanOrEqualTo(names.size());
      assertThat(threadsAfter).isLessThanOrEqualTo(threadsBefore);
      assertThat(residentAfter - residentBefore).as("growth in KiB").isLessThan(64 * 1024L);
    }
  }

  /**
   * The originals are there throughout, so no job may be refused; at the end all files go and the
   * originals are back.
   */
  private void folderStorm(int events) throws Exception {
    List<String> shipped =
        List.of(
            "maestro.signal",
            "maestro.statistics",
            "maestro.affect",
            "maestro.control.melody",
            "maestro.control.dynamics",
            "maestro.sampler.ddim");
    List<String> jobs = List.of("control.melody", "control.dynamics", "sampler.ddim");
    Random random = new Random(7);
    try (LiveHost host = LiveHost.shipping(folder.resolve("home"), shipped)) {
      host.probe("jobs", "op", "start", "threads", JOBS, "names", jobs);
      for (int event = 1; event <= events; event++) {
        String name = shipped.get(random.nextInt(shipped.size()));
        Path jar = host.plugins().resolve(name + random.nextInt(2) + ".jar");
        if (Files.exists(jar) && random.nextInt(3) == 0) {
          Files.delete(jar);
        } else {
          Path made = version(PluginJars.distributed(name), event);
          Files.move(
              made, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        Thread.sleep(random.nextInt(80));
      }
      try (var all = Files.list(host.plugins())) {
        for (Path jar : all.toList()) {
          Files.delete(jar);
        }
      }
      host.maestro("bundles", "list");
      Map<String, Object> result = host.probe("jobs", "op", "stop");
      System.out.printf(
          "storm: %d files, %s jobs, %s refused%n",
          events, result.get("done"), result.get("refused"));
      assertThat((List<?>) result.get("wrong")).isEmpty();
      assertThat(result.get("refused")).isEqualTo(0L);
      assertThat((Long) result.get("done")).isPositive();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      for (String name : shipped) {
        while (!host.maestro("bundles", "list", name).out().matches("on +\\S+ +0\\.1\\.0.*\\R")) {
          assertThat(System.nanoTime()).as(name).isLessThan(end);
          Thread.sleep(50);
        }
      }
      assertThat(host.maestro("bundles", "check").code()).isZero();
    }
  }

  private String act(LiveHost host, Random random, String name, Path jar, int event)
      throws Exception {
    Bundle bundle = host.bundle("maestro." + name);
    boolean installed = Files.exists(host.plugins().resolve("maestro." + name + ".jar"));
    LiveHost.Outcome outcome;
    String what;
    if (!installed) {
      what = "install";
      outcome = host.maestro("bundles", "install", version(jar, event).toString());
    } else if (bundle != null && bundle.getState() != Bundle.ACTIVE) {
      what = "start";
      outcome = host.maestro("bundles", "start", name);
    } else {
      int choice = random.nextInt(10);
      if (choice < 6) {
        what = "update";
        outcome = host.maestro("bundles", "update", name, version(jar, event).toString());
      } else if (choice < 8) {
        what = "stop";
        outcome = host.maestro("bundles", "stop", name);
      } else {
        what = "uninstall";
        outcome = host.maestro("bundles", "uninstall", name);
      }
    }
    assertThat(outcome.code()).as("%s %s: %s%s", what, name, outcome.out(), outcome.err()).isZero();
    return what;
  }

  private Path version(Path jar, int event) throws Exception {
    return PluginJars.version(jar, folder.resolve("event.jar"), "1.0." + event);
  }

  /** Waits until what was replaced has gone. */
  private static void settle(LiveHost host) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (host.maestro("bundles", "list").out().contains("leaving")) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static long collected(LiveHost host, int expected) throws Exception {
    long alive = Long.MAX_VALUE;
    for (int i = 0; i < 20 && alive > expected; i++) {
      System.gc();
      Thread.sleep(100);
      alive = ((Integer) host.probe("jobs", "op", "counts").get("loadersAlive")).longValue();
    }
    return alive;
  }

  private static String memory() throws Exception {
    Runtime heap = Runtime.getRuntime();
    long resident = residentKilobytes();
    return String.format(
        "resident %d MiB, heap %d MiB, %d threads",
        resident / 1024, (heap.totalMemory() - heap.freeMemory()) >> 20, Thread.activeCount());
  }

  /** After a collection: what nobody holds any more is no growth. */
  private static long residentKilobytes() throws Exception {
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0; // known on Linux only
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
