package maestro.runtime.tests.toys.sampler;

import maestro.api.Plugin;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.RunContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Asks the predictor as often as it has steps, and adds its bundle's micro version; as long as it
 * is active.
 */
@Component(configurationPid = "sampler.toy")
@Designate(ocd = ToySampler.Settings.class)
@Plugin(name = "sampler.toy")
public final class ToySampler implements Sampler {
  private final int steps;
  private volatile boolean active = true;

  /** A setting that must be given. */
  @ObjectClassDefinition
  public @interface Settings {
    /** Steps. */
    @AttributeDefinition(min = "1", max = "1000")
    int steps();
  }

  @Activate
  public ToySampler(Settings settings) {
    this.steps = settings.steps();
  }

  @Deactivate
  void stop() {
    active = false;
  }

  @Override
  public Latent sample(
      Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
    Latent latent = noise;
    for (int i = 0; i < steps; i++) {
      if (!active) {
        throw new IllegalStateException("used after it was stopped");
      }
      latent = predictor.predict(latent, i);
    }
    float version = FrameworkUtil.getBundle(ToySampler.class).getVersion().getMicro();
    float[] values = latent.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += version;
    }
    return latent.with(values);
  }

  @Override
  public int steps() {
    return steps;
  }
}
