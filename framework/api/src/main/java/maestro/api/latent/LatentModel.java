package maestro.api.latent;

import java.util.Map;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The latent diffusion model of mel-spectrograms: VM-UNet with its S-Control Branch, and the Music
 * VAE (paper, section 3.2). The weights come from the run's model pack; opening is the dear part,
 * so callers open once a run.
 */
@ConsumerType
public interface LatentModel {
  /**
   * Loads what the run's pack holds.
   *
   * @throws maestro.api.MaestroException of kind CONFIGURATION when the pack lacks a part
   */
  Session open(RunContext run);

  /** An opened model. Not thread-safe; closed by whoever opened it. */
  interface Session extends AutoCloseable {
    /** The forward process of the model. */
    NoiseSchedule schedule();

    /** A latent of zeros with the shape for a number of mel frames, a multiple of 4. */
    Latent shape(int melFrames);

    /** Width of the film condition the model expects, 512 in the paper. */
    int conditionWidth();

    /**
     * Channels of each local control the model knows, by short name ({@code melody} → 12); empty
     * without a branch.
     */
    Map<String, Integer> controls();

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

    /** Latent of a mel: the posterior's mean times the scale factor. */
    Latent encode(Mel mel);

    /** Mel of a latent. */
    Mel decode(Latent latent);

    @Override
    void close();
  }
}
