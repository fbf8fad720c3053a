package maestro.sampler.ddim;

import java.util.Locale;
import maestro.api.MaestroException;
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
import org.osgi.service.metatype.annotations.Option;

/**
 * Denoising diffusion implicit models (Song, Meng and Ermon 2021, equations 12 and 16).
 *
 * <p>With ᾱ at the present timestep and ᾱ_p at the next lower one:
 *
 * <pre>
 * x̂_0 = (x − √(1 − ᾱ)·ε) / √ᾱ                                  the latent the noise seems to hide
 * σ   = η·√((1 − ᾱ_p)/(1 − ᾱ))·√(1 − ᾱ/ᾱ_p)                    noise put back
 * x_p = √ᾱ_p·x̂_0 + √(1 − ᾱ_p − σ²)·ε + σ·n
 * </pre>
 *
 * <p>Paper, section 4.1: 200 steps for film scores, 100 with style controls. η is not given there;
 * it is 0 here, so that nothing random happens after the first noise. Timesteps and the end follow
 * diffusers' scheduler as published for AudioLDM: spacing {@code leading} with offset 1, ᾱ_p of the
 * last step is that of timestep 0. As in AudioLDM's own sampler a latent that leaves ±100 is cut to
 * ±10, and the result says so.
 *
 * <p>The noise of step k, counted from 0, is the stream {@code ddim.000k} of the run. The state is
 * kept in double.
 */
@Component(configurationPid = "sampler.ddim")
@Designate(ocd = Ddim.Settings.class)
@Plugin(name = "sampler.ddim", paper = "4.1")
public final class Ddim implements Sampler {
  private static final float RUNAWAY = 100;
  private static final float BOUND = 10;

  /** Settings of the sampler. */
  @ObjectClassDefinition(name = "DDIM sampler")
  public @interface Settings {
    /** Steps. */
    @AttributeDefinition(min = "1", max = "1000", description = "steps from noise to music")
    int steps() default 200;

    /** Noise put back. */
    @AttributeDefinition(
        min = "0",
        max = "1",
        description = "noise put back at each step: 0 none, 1 as much as the original diffusion")
    double eta() default 0;

    /** Choice of timesteps. */
    @AttributeDefinition(
        description =
            "leading: 1, 1 + r, 1 + 2r, ... with r = timesteps/steps rounded down; trailing: ends at the last",
        options = {@Option(value = "leading"), @Option(value = "trailing")})
    String spacing() default "leading";
  }

  private final int steps;
  private final double eta;
  private final boolean trailing;

  /** Made by Declarative Services. */
  @Activate
  public Ddim(Settings settings) {
    this(settings.steps(), settings.eta(), settings.spacing());
  }

  Ddim(int steps, double eta, String spacing) {
    if (steps < 1) {
      throw refused("steps is " + steps, "set it to 1 or more");
    }
    if (!(eta >= 0 && eta <= 1)) {
      throw refused("eta is " + eta, "set it from 0 to 1");
    }
    this.steps = steps;
    this.eta = eta;
    this.trailing =
        switch (spacing) {
          case "leading" -> false;
          case "trailing" -> true;
          default -> throw refused("spacing is '" + spacing + "'", "set it to leading or trailing");
        };
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public Latent sample(
      Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
    int[] timesteps = timesteps(schedule.timesteps());
    double[] x = noise.doubles();
    for (int k = 0; k < steps; k++) {
      float[] epsilon = predictor.predict(noise.with(x), timesteps[k]).values();
      double alphaBar = schedule.alphaBar(timesteps[k]);
      double before = schedule.alphaBar(k + 1 < steps ? timesteps[k + 1] : 0);
      double sigma = sigma(alphaBar, before, eta);
      // Below a step's end that lies above its start (trailing, timestep 0) nothing is left to put
      // back.
      float[] fresh =
          sigma > 0
              ? run.noise().gaussian(String.format(Locale.ROOT, "ddim.%04d", k), x.length)
              : null;
      for (int i = 0; i < x.length; i++) {
        x[i] = step(x[i], epsilon[i], alphaBar, before, sigma, fresh == null ? 0 : fresh[i]);
      }
      run.progress(k + 1L, steps);
    }
    return guard(noise.with(x), run);
  }

  /** One step for one value. */
  static double step(
      double x, double epsilon, double alphaBar, double before, double sigma, double fresh) {
    double clean = (x - Math.sqrt(1 - alphaBar) * epsilon) / Math.sqrt(alphaBar);
    return Math.sqrt(before) * clean
        + Math.sqrt(Math.max(0, 1 - before - sigma * sigma)) * epsilon
        + sigma * fresh;
  }

  /** Deviation of the noise a step puts back. */
  static double sigma(double alphaBar, double before, double eta) {
    return eta
        * Math.sqrt((1 - before) / (1 - alphaBar))
        * Math.sqrt(Math.max(0, 1 - alphaBar / before));
  }

  /** The timesteps, falling, as many as steps. */
  int[] timesteps(int trained) {
    int[] timesteps = new int[steps];
    int ratio = trained / steps;
    for (int k = 0; k < steps; k++) {
      timesteps[k] =
          trailing
              ? (int) Math.rint(trained - (double) k * trained / steps) - 1
              : (steps - 1 - k) * ratio + 1;
    }
    if (steps > trained || timesteps[0] >= trained) {
      throw refused(
          "steps is " + steps + ", but the model was trained on " + trained + " timesteps",
          "set steps below " + trained + (trailing ? " or to it" : ", or spacing to trailing"));
    }
    return timesteps;
  }

  private static Latent guard(Latent latent, RunContext run) {
    float[] values = latent.values();
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (!(most <= RUNAWAY)) {
      run.remark("sampler.ddim: the latent ran away to " + most + " and was cut to " + BOUND);
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.isNaN(values[i]) ? 0 : Math.max(-BOUND, Math.min(BOUND, values[i]));
      }
    }
    return latent;
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION, "sampler.ddim", "setting " + cause, next);
  }
}
