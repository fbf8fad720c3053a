package @package@;

import maestro.api.Plugin;
import maestro.api.latent.Latent;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The deterministic DDIM update (Song et al. 2021, equation 12 with sigma 0) over evenly spaced timesteps. */
@Component(configurationPid = "@name@")
@Designate(ocd = @class@.Settings.class)
@Plugin(name = "@name@")
public final class @class@ implements Sampler {
  private final int steps;

  /** What a recipe may set. */
  @ObjectClassDefinition
  public @interface Settings {
    /** Steps from noise to music. */
    @AttributeDefinition(min = "1", max = "1000", description = "steps from noise to music")
    int steps() default 50;
  }

  @Activate
  public @class@(Settings settings) {
    this(settings.steps());
  }

  @class@(int steps) {
    this.steps = steps;
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public Latent sample(Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
    Latent x = noise;
    for (int k = 0; k < steps; k++) {
      int t = timestep(k, schedule);
      double now = schedule.alphaBar(t);
      double next = k + 1 < steps ? schedule.alphaBar(timestep(k + 1, schedule)) : 1;
      float[] epsilon = predictor.predict(x, t).values();
      float[] moved = new float[epsilon.length];
      for (int i = 0; i < moved.length; i++) {
        double clean = (x.values()[i] - Math.sqrt(1 - now) * epsilon[i]) / Math.sqrt(now);
        moved[i] = (float) (Math.sqrt(next) * clean + Math.sqrt(1 - next) * epsilon[i]);
      }
      x = x.with(moved);
      run.progress(k + 1L, steps);
    }
    return x;
  }

  private int timestep(int k, NoiseSchedule schedule) {
    return (int) ((long) schedule.timesteps() * (steps - k) / steps) - 1;
  }
}
