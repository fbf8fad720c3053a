package maestro.graph.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import maestro.api.MaestroException;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.checkpoint.Safetensors;
import maestro.files.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of stages on disk, one safetensors file each, under {@code aa/<fingerprint>.safetensors}.
 * A file appears only when it is whole; one that does not match its own digest counts as absent and
 * is removed. When the folder outgrows its limit, what was not used for the longest time goes
 * first. Several processes may share the folder. Never fails a run: when the disk is full, results
 * are not kept, and the log says so once.
 */
public final class StageCache {
  private static final Logger LOG = LoggerFactory.getLogger(StageCache.class);
  private static final String DIGEST = "maestro.sha256";
  private static final String SUFFIX = ".safetensors";
  private static final String TEMPORARY = "writing";
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path folder;
  private final long limitBytes;
  private final Path temporary;
  private long knownBytes = -1;
  private boolean saidFull;

  /**
   * A cache in a folder; it is made when first needed.
   *
   * @param folder of its own
   * @param limitBytes what it may hold; 0 finds and keeps nothing
   */
  public StageCache(Path folder, long limitBytes) {
    this.folder = folder;
    this.limitBytes = limitBytes;
    this.temporary = folder.resolve(TEMPORARY);
    sweep();
  }

  /** A cache that finds and keeps nothing. */
  public StageCache without() {
    return new StageCache(folder, 0);
  }

  /** Whether a result is kept under a fingerprint; it is not looked at. */
  public boolean has(String fingerprint) {
    return limitBytes > 0 && Files.isRegularFile(file(fingerprint));
  }

  /** The result kept under a fingerprint. */
  public Optional<NamedTensors> find(String fingerprint) {
    Path file = file(fingerprint);
    if (limitBytes <= 0 || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      NamedTensors kept = Safetensors.read(file);
      Map<String, String> metadata = new LinkedHashMap<>(kept.metadata());
      String digest = metadata.remove(DIGEST);
      NamedTensors content = new NamedTensors(kept.tensors(), metadata);
      if (!digest(fingerprint, content).equals(digest)) {
        throw new IllegalArgumentException("its content does not match its digest");
      }
      touch(file);
      return Optional.of(content);
    } catch (MaestroException | IllegalArgumentException e) {
      LOG.warn(
          "cache: {} is damaged and will be computed again ({})",
          file.getFileName(),
          e.getMessage());
      delete(file);
      return Optional.empty();
    }
  }

  /** Says that an entry was used; one of another user, which can only be read, stays as it is. */
  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.debug("cache: {} keeps its time", file.getFileName(), e);
    }
  }

  /** Keeps a result. */
  public void keep(String fingerprint, NamedTensors result) {
    if (limitBytes <= 0) {
      return;
    }
    Path file = file(fingerprint);
    Path whole = temporary.resolve(fingerprint + "-" + UUID.randomUUID() + SUFFIX);
    try {
      Map<String, String> metadata = new LinkedHashMap<>(result.metadata());
      metadata.put(DIGEST, digest(fingerprint, result));
      Safetensors.write(whole, new NamedTensors(result.tensors(), metadata));
      Files.createDirectories(file.getParent());
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      grow(Files.size(file));
    } catch (MaestroException | IOException e) {
      delete(whole);
      synchronized (this) {
        if (!saidFull) {
          saidFull = true;
          LOG.warn(
              "cache: a result could not be kept, the run goes on without ({})", e.getMessage());
        }
      }
    }
  }

  /** Forgets a result that turned out to be of no use. */
  public void forget(String fingerprint) {
    delete(file(fingerprint));
  }

  /** What the cache holds, in bytes. */
  public long bytes() {
    return entries().stream().mapToLong(Entry::bytes).sum();
  }

  /** Removes everything. */
  public synchronized void clear() {
    entries().forEach(entry -> delete(entry.file()));
    knownBytes = 0;
  }

  private record Entry(Path file, long bytes, Instant used) {}

  private synchronized void grow(long bytes) {
    knownBytes = knownBytes < 0 ? bytes() : knownBytes + bytes;
    if (knownBytes <= limitBytes) {
      return;
    }
    List<Entry> oldestFirst = new ArrayList<>(entries());
    oldestFirst.sort(Comparator.comparing(Entry::used).thenComparing(Entry::file));
    long held = oldestFirst.stream().mapToLong(Entry::bytes).sum();
    long aim =
        limitBytes - limitBytes / 10; // a tenth below, so that not every new result has to clear up
    for (Entry entry : oldestFirst) {
      if (held <= aim) {
        break;
      }
      delete(entry.file());
      held -= entry.bytes();
    }
    knownBytes = held;
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return entries;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(
                Path directory, BasicFileAttributes attributes) {
              return directory.getFileName().toString().startsWith(TEMPORARY)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.getFileName().toString().endsWith(SUFFIX)) {
                entries.add(
                    new Entry(file, attributes.size(), attributes.lastModifiedTime().toInstant()));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // another process removed it meanwhile
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  /** Removes what was begun to be written a day ago and more; whoever wrote it is gone. */
  private void sweep() {
    if (limitBytes <= 0 || !Files.isDirectory(folder)) {
      return;
    }
    Instant before = Instant.now().minus(ABANDONED);
    try (var begun = Files.newDirectoryStream(folder, TEMPORARY + "*")) {
      for (Path left : begun) {
        try (var files = Files.newDirectoryStream(left)) {
          for (Path file : files) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
              delete(file);
            }
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("cache: cannot clear up {} ({})", folder, e.getMessage());
    }
  }

  private Path file(String fingerprint) {
    return folder.resolve(fingerprint.substring(0, 2)).resolve(fingerprint + SUFFIX);
  }

  private static void delete(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cache: cannot remove {} ({})", file.getFileName(), e.getMessage());
    }
  }

  /** Of a result and the fingerprint it is kept under, so that no entry can stand for another. */
  private static String digest(String fingerprint, NamedTensors content) {
    MessageDigest sha = Sha256.begin();
    sha.update(fingerprint.getBytes(StandardCharsets.UTF_8));
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    content.tensors().keySet().stream()
        .sorted()
        .forEach(
            name -> {
              FloatTensor tensor = content.get(name);
              sha.update((name + Arrays.toString(tensor.shape())).getBytes(StandardCharsets.UTF_8));
              float[] values = tensor.values();
              for (int begin = 0; begin < values.length; begin += chunk.capacity() / Float.BYTES) {
                chunk.clear();
                int count = Math.min(values.length - begin, chunk.capacity() / Float.BYTES);
                chunk.asFloatBuffer().put(values, begin, count);
                sha.update(chunk.limit(count * Float.BYTES));
              }
            });
    content.metadata().keySet().stream()
        .sorted()
        .forEach(
            key ->
                sha.update(
                    (key + "=" + content.metadata().get(key) + "\n")
                        .getBytes(StandardCharsets.UTF_8)));
    return Sha256.hex(sha.digest());
  }
}
