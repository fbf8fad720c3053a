package maestro.api.pack;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The packs that are installed here. */
@ProviderType
public interface PackRepository {
  /** Names of the installed packs, sorted. */
  List<String> names();

  /**
   * Opens a pack by name.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when there is none of that name, or
   *     of kind INPUT when its files do not match its description
   */
  ModelPack open(String name);
}
