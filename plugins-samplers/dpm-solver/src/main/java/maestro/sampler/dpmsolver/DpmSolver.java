package maestro.sampler.dpmsolver;

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
 * DPM-Solver++ of second order, multistep (Lu et al. 2022, algorithm 2): a few dozen steps instead
 * of hundreds.
 *
 * <p>With α = √ᾱ, σ = √(1 − ᾱ), λ = ln(α/σ), h = λ_p − λ for a step to the next lower timestep p,
 * and h' of the step before:
 *
 * <pre>
 * D   = (x − σ·ε)/α                                    the latent the noise seems to hide
 * D'' = D + h/(2h')·(D − D of the step before)         D itself at the first step
 * x_p = (σ_p/σ)·x − α_p·(e^{−h} − 1)·D''
 * </pre>
 *
 * <p>Not in the paper, which samples with DDIM. Timesteps and orders are those of diffusers' {@code
 * DPMSolverMultistepScheduler}: {@code linspace}, first order at the last step when it ends at σ =
 * 0 or when there are fewer than 15 steps. The state is kept in double; nothing is random.
 */
@Component(configurationPid = "sampler.dpm-solver")
@Designate(ocd = DpmSolver.Settings.class)
@Plugin(name = "sampler.dpm-solver")
public final class DpmSolver implements Sampler {
  private static final int FEW_STEPS = 15;
  private static final float RUNAWAY = 100;

  /** Settings of the sampler. */
  @ObjectClassDefinition(name = "DPM-Solver++ sampler")
  public @interface Settings {
    /** Steps. */
    @AttributeDefinition(min = "1", max = "999", description = "steps from noise to music")
    int steps() default 25;

    /** Choice of timesteps. */
    @AttributeDefinition(
        description =
            "linspace: evenly from the last timestep down; leading: 1 + r, 1 + 2r, ... as AudioLDM's DDIM",
        options = {@Option(value = "linspace"), @Option(value = "leading")})
    String spacing() default "linspace";

    /** Where the last step ends. */
    @AttributeDefinition(
        description = "zero: at no noise; minimum: at the noise of timestep 0, as AudioLDM's DDIM",
        options = {@Option(value = "zero"), @Option(value = "minimum")})
    String finalNoise() default "zero";
  }

  private final int steps;
  private final boolean leading;
  private final boolean toZero;

  /** Made by Declarative Services. */
  @Activate
  public DpmSolver(Settings settings) {
    this(settings.steps(), settings.spacing(), settings.finalNoise());
  }

  DpmSolver(int steps, String spacing, String finalNoise) {
    if (steps < 1) {
      throw refused("steps is " + steps, "set it to 1 or more");
    }
    this.steps = steps;
    this.leading =
        switch (spacing) {
          case "linspace" -> false;
          case "leading" -> true;
          default -> throw refused("spacing is '" + spacing + "'", "set it to linspace or leading");
        };
    this.toZero =
        switch (finalNoise) {
          case "zero" -> true;
          case "minimum" -> false;
          default ->
              throw refused("finalNoise is '" + finalNoise + "'", "set it to zero or minimum");
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
    double[] cleanBefore = null;
    double lambdaBefore = Double.NaN;
    for (int k = 0; k < steps; k++) {
      boolean last = k == steps - 1;
      float[] epsilon = predictor.predict(noise.with(x), timesteps[k]).values();
      double alphaBar = schedule.alphaBar(timesteps[k]);
      double alpha = Math.sqrt(alphaBar);
      double sigma = Math.sqrt(1 - alphaBar);
      double lambda = lambda(alphaBar);
      double[] clean = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        clean[i] = (x[i] - sigma * epsilon[i]) / alpha;
      }
      if (last && toZero) {
        x = clean;
      } else {
        double next = schedule.alphaBar(last ? 0 : timesteps[k + 1]);
        double h = lambda(next) - lambda;
        boolean first = k == 0 || last && steps < FEW_STEPS;
        double correction = first ? 0 : h / (2 * (lambda - lambdaBefore));
        double keep = Math.sqrt(1 - next) / sigma;
        double take = -Math.sqrt(next) * Math.expm1(-h);
        for (int i = 0; i < x.length; i++) {
          double d = first ? clean[i] : clean[i] + correction * (clean[i] - cleanBefore[i]);
          x[i] = keep * x[i] + take * d;
        }
      }
      cleanBefore = clean;
      lambdaBefore = lambda;
      run.progress(k + 1L, steps);
    }
    Latent latent = noise.with(x);
    for (float value : latent.values()) {
      if (!(Math.abs(value) <= RUNAWAY)) {
        run.remark("sampler.dpm-solver: the latent ran away to " + value + "; try more steps");
        break;
      }
    }
    return latent;
  }

  /** The timesteps, falling, as many as steps. */
  int[] timesteps(int trained) {
    int[] timesteps = new int[steps];
    int ratio = trained / (steps + 1);
    for (int k = 0; k < steps; k++) {
      timesteps[k] =
          leading
              ? (steps - k) * ratio + 1
              : (int) Math.rint((double) (trained - 1) * (steps - k) / steps);
    }
    if (steps >= trained || timesteps[0] >= trained) {
      throw refused(
          "steps is " + steps + ", but the model was trained on " + trained + " timesteps",
          "set steps to " + (trained - (leading ? 2 : 1)) + " or less");
    }
    return timesteps;
  }

  private static double lambda(double alphaBar) {
    return 0.5 * Math.log(alphaBar / (1 - alphaBar));
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION, "sampler.dpm-solver", "setting " + cause, next);
  }
}
