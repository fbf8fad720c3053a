package maestro.latent.standin;

import java.util.Map;
import maestro.api.Plugin;
import maestro.api.control.ControlSignal;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentModel;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands where the trained model will stand, and says so. There are no weights: its "denoiser"
 * knows the answer, the mel of a few chords drawn from the film's numbers, and returns exactly the
 * noise that leads any sampler there.
 */
@Component
@Plugin(name = "latent.stand-in")
public final class StandInModel implements LatentModel {
  private static final Logger LOG = LoggerFactory.getLogger(StandInModel.class);
  private static final String CONFESSION =
      "latent.stand-in made this music: chords drawn from the film's numbers by rule, not the paper's model";
  private static final int PATCH = 4;
  private static final int BANDS = 64;
  private static final float CENTRE = -5;
  private static final float SCALE = 4;

  @Override
  public Session open(RunContext run) {
    LOG.warn("latent.stand-in: no trained model in this recipe, the music is drawn by rule");
    run.remark(CONFESSION);
    return new Opened(run.noise().uniform("stand-in", 64));
  }

  /** Draws chords; the dice decide what the film leaves open. */
  private record Opened(double[] dice) implements Session {
    @Override
    public NoiseSchedule schedule() {
      return NoiseSchedule.audioLdm();
    }

    @Override
    public Latent shape(int melFrames) {
      int frames = melFrames / PATCH;
      int bands = BANDS / PATCH;
      return new Latent(PATCH * PATCH, frames, bands, new float[PATCH * PATCH * frames * bands]);
    }

    @Override
    public int conditionWidth() {
      return 512;
    }

    @Override
    public Map<String, Integer> controls() {
      return Map.of("melody", 12, "dynamics", 1);
    }

    @Override
    public NoisePredictor predictor(
        FilmCondition film, Map<String, ControlSignal> controls, double guidanceScale) {
      Latent[] drawn = new Latent[1]; // the same at every step
      return (latent, timestep) -> {
        if (drawn[0] == null) {
          drawn[0] =
              encode(Chords.draw(film.vector(), dice, controls, latent.frames() * PATCH, BANDS));
        }
        float[] target = drawn[0].values();
        double signal = Math.sqrt(schedule().alphaBar(timestep));
        double noise = Math.sqrt(1 - schedule().alphaBar(timestep));
        float[] eps = new float[target.length];
        for (int i = 0; i < eps.length; i++) {
          eps[i] = (float) ((latent.values()[i] - signal * target[i]) / noise);
        }
        return latent.with(eps);
      };
    }

    /** Patches of 4 x 4 values become the 16 channels, scaled to about unit size. */
    @Override
    public Latent encode(Mel mel) {
      Latent latent = shape(mel.frames());
      for (int i = 0; i < latent.values().length; i++) {
        latent.values()[i] = (mel.values()[source(latent, i)] - CENTRE) / SCALE;
      }
      return latent;
    }

    @Override
    public Mel decode(Latent latent) {
      float[] values = new float[latent.values().length];
      for (int i = 0; i < values.length; i++) {
        values[source(latent, i)] = latent.values()[i] * SCALE + CENTRE;
      }
      return new Mel(latent.frames() * PATCH, BANDS, values);
    }

    private static int source(Latent latent, int i) {
      int band = i % latent.bands();
      int frame = i / latent.bands() % latent.frames();
      int channel = i / latent.bands() / latent.frames();
      return (frame * PATCH + channel / PATCH) * BANDS + band * PATCH + channel % PATCH;
    }

    @Override
    public void close() {}
  }
}
