package maestro.runtime.bundles;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Starts all bundles but those the host consists of. To the launcher it is a {@code Runnable} with
 * the property {@code maestro.role=start}.
 */
@Component(service = Runnable.class, property = "maestro.role=start")
public final class Start implements Runnable {
  private final PluginFolder folder;

  /** Made by Declarative Services. */
  @Activate
  public Start(@Reference PluginFolder folder) {
    this.folder = folder;
  }

  @Override
  public void run() {
    folder.begin();
  }
}
