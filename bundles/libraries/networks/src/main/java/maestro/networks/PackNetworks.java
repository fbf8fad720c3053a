package maestro.networks;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.RunContext;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;

/**
 * Networks whose weights come from one part of a run's model pack: opened when a run first needs
 * them, and kept for the next runs while weights and device stay the same.
 *
 * @param <N> what is opened
 */
public final class PackNetworks<N extends AutoCloseable> implements AutoCloseable {
  private final String part;
  private final String wanted;
  private final String command;
  private final Opener<N> opener;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
  private Key key;
  private N networks;

  /** Makes the networks from weights. */
  @FunctionalInterface
  public interface Opener<N> {
    /**
     * Opens the networks.
     *
     * @param part the part of the pack, for its architecture
     * @param weights the part's tensors by name
     */
    N open(PackPart part, Map<String, Weight> weights, Device device);
  }

  private record Key(String digest, Map<String, Object> architecture, Device device) {}

  /**
   * Nothing is opened yet.
   *
   * @param part name of the part, which is the plugin's own
   * @param wanted the file whose weights it wants, as a person would look for it
   * @param command the command that brings them in
   */
  public PackNetworks(String part, String wanted, String command, Opener<N> opener) {
    this.part = Objects.requireNonNull(part);
    this.wanted = Objects.requireNonNull(wanted);
    this.command = Objects.requireNonNull(command);
    this.opener = Objects.requireNonNull(opener);
  }

  /**
   * Uses the networks of a run's pack. They stay open for as long as the function runs.
   *
   * @throws MaestroException of kind CONFIGURATION when the run has no pack, or its pack no such
   *     part
   */
  public <T> T use(RunContext run, Function<N, T> function) {
    PackPart weights = part(run);
    Key wantedKey = new Key(weights.digest(), weights.architecture(), run.device());
    lock.readLock().lock();
    try {
      while (!wantedKey.equals(key)) {
        lock.readLock().unlock();
        try {
          open(weights, wantedKey);
        } finally {
          lock.readLock().lock();
        }
      }
      return function.apply(networks);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The part of the run's pack that holds the weights. */
  public PackPart part(RunContext run) {
    ModelPack pack =
        run.pack()
            .orElseThrow(
                () ->
                    missing(
                        part,
                        "the recipe names no model pack, and this plugin needs " + wanted,
                        command));
    return part(pack, part, wanted, command);
  }

  /**
   * The tensors of a pack's part, without a run.
   *
   * @param part name of the part
   * @param wanted the file whose weights it wants
   * @param command the command that brings them in
   * @throws MaestroException of kind CONFIGURATION when the pack has no such part
   */
  public static Map<String, Weight> weights(
      ModelPack pack, String part, String wanted, String command) {
    try (Checkpoint checkpoint = Safetensors.open(part(pack, part, wanted, command).weights())) {
      return checkpoint.weights();
    }
  }

  private static PackPart part(ModelPack pack, String part, String wanted, String command) {
    return pack.part(part)
        .filter(found -> found.weights() != null)
        .orElseThrow(
            () ->
                missing(
                    part,
                    "the pack " + pack.name() + " has no weights for it; it wants " + wanted,
                    command));
  }

  private static MaestroException missing(String part, String cause, String command) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        part,
        cause,
        "run '"
            + command
            + "' and name that pack, in the recipe or with --pack, or leave this plugin out");
  }

  private void open(PackPart weights, Key wantedKey) {
    lock.writeLock().lock();
    try {
      if (wantedKey.equals(key)) {
        return;
      }
      release();
      try (Checkpoint checkpoint = Safetensors.open(weights.weights())) {
        networks = opener.open(weights, checkpoint.weights(), wantedKey.device());
      }
      key = wantedKey;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void release() {
    N old = networks;
    networks = null;
    key = null;
    if (old != null) {
      try {
        old.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(part + ": the network did not close", e);
      }
    }
  }

  /** Gives the networks back, once no run uses them any more. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      release();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
