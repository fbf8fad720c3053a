package maestro.api.pack;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An opened model pack: a folder with {@code pack.json} and safetensors files, one part for each
 * network in it.
 */
@ProviderType
public interface ModelPack {
  /** Name of the pack, for instance {@code starter}. */
  String name();

  /** True when the weights were filled by rule and not trained; every result then says so. */
  boolean untrained();

  /**
   * Names of the parts in the order of the description: {@code denoiser}, {@code vae}, {@code
   * encoder.clip}, …
   */
  List<String> parts();

  /** The part of that name, or empty. */
  Optional<PackPart> part(String name);
}
