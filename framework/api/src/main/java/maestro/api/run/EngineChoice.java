package maestro.api.run;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Knows which engine suits a machine and the work ahead; a service where there are engines. */
@ProviderType
public interface EngineChoice {
  /** Seconds of music from which a faster engine earns what it takes to load. */
  double LONG_SECONDS = 60;

  /**
   * The engine, for settings {@code engine} that say {@code auto} or nothing.
   *
   * @param device where networks will run
   * @return empty when the host's choice suits any work
   */
  Optional<String> forLongWork(Device device);
}
