package maestro.packs;

/**
 * Told how far long work is. An exception it throws ends the work, which leaves nothing half-made
 * under its name.
 */
@FunctionalInterface
public interface Watcher {
  /** Nobody looks. */
  Watcher NONE = (what, done, total) -> {};

  /**
   * Called often.
   *
   * @param what the file or part at work
   * @param done bytes finished
   * @param total bytes in all, or 0 when unknown
   */
  void at(String what, long done, long total);
}
