package maestro.api.latent;

import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Predicts the noise in a latent: VM-UNet with its S-Control Branch (paper, section 3.2). The
 * weights come from the run's model pack; opening is the expensive part, so callers open once a
 * run.
 */
@ConsumerType
public interface Denoiser {
  /**
   * What the model of a pack was made for; reads no weights.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part
   */
  Format format(RunContext run);

  /**
   * Loads the network.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part
   */
  Session open(RunContext run);

  /**
   * Loads the network with parts that other bundles bring.
   *
   * @param parts by the name of the plugin that brings them; may be empty
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part, or this
   *     denoiser does not take one of these
   */
  default Session open(RunContext run, Map<String, NetworkPart> parts) {
    if (parts.isEmpty()) {
      return open(run);
    }
    throw new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        String.join(", ", parts.keySet()),
        "the denoiser of the recipe takes no parts of its network from other bundles",
        "leave it out, or use another denoiser");
  }

  /**
   * What a model was made for.
   *
   * @param latentChannels channels of the latent
   * @param conditionWidth width of the film condition, 512 in the paper
   * @param controls local controls it knows, by short name ({@code melody}); empty without a branch
   */
  record Format(int latentChannels, int conditionWidth, Map<String, ControlFormat> controls) {
    /** Copies the map. */
    public Format {
      controls = Map.copyOf(controls);
    }
  }

  /**
   * A control as the model was trained with it.
   *
   * @param channels C
   * @param mean over the training set, in the control's unit
   * @param deviation over the training set, greater than 0
   */
  record ControlFormat(int channels, double mean, double deviation) {}

  /** An opened model. Not thread-safe; closed by whoever opened it. */
  interface Session extends AutoCloseable {
    /** The forward process of the model. */
    NoiseSchedule schedule();

    /**
     * The guided noise predictor, ε = ε_u + s·(ε_c − ε_u); only the film condition is dropped in
     * ε_u: there it is {@link FilmCondition#unguided}, or the null condition when there is none.
     *
     * @param film global condition
     * @param controls local controls by short name, on the mel frames; those left out are set to
     *     zero
     * @param guidanceScale s; 1 switches the unconditional pass off
     */
    NoisePredictor predictor(
        FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale);

    @Override
    void close();
  }
}
