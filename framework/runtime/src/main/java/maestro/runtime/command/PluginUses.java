package maestro.runtime.command;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Knows what a plugin could be used in, as a service; asked when one comes while the host runs. */
@ConsumerType
public interface PluginUses {
  /** Recipes that name a plugin, for instance {@code encoder.clip}; sorted. */
  List<String> recipes(String plugin);
}
