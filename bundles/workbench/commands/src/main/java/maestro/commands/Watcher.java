package maestro.commands;

import maestro.graph.run.RunObserver;
import maestro.graph.run.StageEvent;
import maestro.runtime.command.CommandOptions;
import maestro.runtime.command.Progress;

/**
 * Shows a run on the terminal and passes on the user's wish to stop. Of stages that run at once,
 * the youngest is shown.
 */
final class Watcher implements RunObserver, AutoCloseable {
  private final CommandOptions options;
  private final Progress progress;
  private int shown;

  Watcher(CommandOptions options) {
    this.options = options;
    this.progress = options.progress();
  }

  @Override
  public synchronized void on(StageEvent event) {
    switch (event.state()) {
      case BEGUN -> {
        shown = event.number();
        progress.stage(event.stage(), event.number(), event.count());
      }
      case STEP -> {
        if (event.number() == shown) {
          progress.step(event.done(), event.total());
        }
      }
      case KEPT -> {
        if (options.verbose()) {
          progress.say(event.stage() + ": from the cache");
        }
      }
      case DONE -> {
        // the next stage takes the line
      }
    }
  }

  @Override
  public boolean cancelled() {
    return options.cancellation().requested();
  }

  @Override
  public void close() {
    progress.close();
  }
}
