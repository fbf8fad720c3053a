package maestro.runtime.tests.probe;

import java.util.List;
import maestro.runtime.command.PluginUses;
import org.osgi.service.component.annotations.Component;

/** Recipes of the tests: one, which names the toy encoder. */
@Component
public final class Uses implements PluginUses {
  @Override
  public List<String> recipes(String plugin) {
    return plugin.equals("encoder.toy") ? List.of("toy-score") : List.of();
  }
}
