package maestro.api.latent;

import maestro.api.run.RunContext;
import org.osgi.annotation.versioning.ConsumerType;

/** Walks from noise to a latent along the reverse process (paper, section 4.1). */
@ConsumerType
public interface Sampler {
  /**
   * Samples once. Reports progress once for each of its {@link #steps}, and takes all randomness
   * from the run.
   *
   * @param noise x_T, standard normal; left as it was
   * @param predictor the guided noise predictor
   * @param schedule the forward process the predictor was trained with
   * @return x_0, before division by the scale factor
   */
  Latent sample(Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run);

  /** How many steps {@link #sample} will report. */
  int steps();

  /**
   * Exactly how often {@link #sample} will call the predictor; more often than it has steps where a
   * step takes several looks, as in methods of second order.
   */
  default int evaluations() {
    return steps();
  }
}
