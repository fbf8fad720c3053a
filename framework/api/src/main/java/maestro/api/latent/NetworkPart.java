package maestro.api.latent;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A part of a denoiser's network that another bundle brings, such as a second control net. It is
 * put in when the network is built, so that a step stays one compiled network. What it consists of
 * is between the two: a denoiser says which type it takes, and refuses others.
 */
@ConsumerType
public interface NetworkPart {
  /** Local controls that it listens to, by short name, none of which another part has. */
  Map<String, Denoiser.ControlFormat> controls();
}
