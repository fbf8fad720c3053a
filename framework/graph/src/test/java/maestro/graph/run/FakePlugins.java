package maestro.graph.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.control.ControlSignal;
import maestro.api.control.FrameGrid;
import maestro.api.control.StyleControl;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.TimeLine;
import maestro.api.film.VisualEncoder;
import maestro.api.host.PluginDescription.Declaration;
import maestro.api.latent.Denoiser;
import maestro.api.latent.Latent;
import maestro.api.latent.LatentCodec;
import maestro.api.latent.NoisePredictor;
import maestro.api.latent.NoiseSchedule;
import maestro.api.latent.Sampler;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Role;
import maestro.api.node.Values;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.roles.CodecRole;
import maestro.roles.ControlRole;
import maestro.roles.DenoiserRole;
import maestro.roles.EncoderRole;
import maestro.roles.FusionRole;
import maestro.roles.NodeRole;
import maestro.roles.SamplerRole;
import maestro.roles.VocoderRole;

/** Small plugins for every place of the graph; each counts how often it was asked. */
public final class FakePlugins {
  public final AtomicInteger encoded = new AtomicInteger();
  public final AtomicInteger opened = new AtomicInteger();
  public final AtomicInteger closed = new AtomicInteger();
  public final AtomicInteger predicted = new AtomicInteger();
  public final AtomicInteger extracted = new AtomicInteger();
  public final AtomicInteger vocoded = new AtomicInteger();
  TimeLine drawnFrom;
  long sleepMillis;

  /** A registry that offers one or more for every place. */
  public FakeRegistry registry() {
    return new FakeRegistry()
        .with(VisualEncoder.class, "encoder.light", "d1", new Light(10))
        .with(VisualEncoder.class, "encoder.slow-light", "d2", new Light(1))
        .with(FeatureFusion.class, "encoder.mean", "d3", new MeanFusion())
        .with(StyleControl.class, "control.level", "d4", new Level())
        .with(StyleControl.class, "control.drawn", "d9", new Drawn())
        .with(Denoiser.class, "denoiser.echo", "d5", new EchoDenoiser())
        .with(LatentCodec.class, "codec.echo", "d5", new EchoCodec())
        .with(
            Sampler.class,
            "sampler.steps",
            "d6",
            List.of(FakeRegistry.wholeNumber("steps", 5, 1, 1000)),
            settings -> new Steps((Integer) settings.get("steps")))
        .with(Sampler.class, "sampler.other", "d7", new Steps(3))
        .with(Vocoder.class, "vocoder.hold", "d8", new Hold());
  }

  /** The roles of these plugins. */
  public static List<Role<?>> roles() {
    return List.of(
        new EncoderRole(),
        new FusionRole(),
        new ControlRole(),
        new DenoiserRole(),
        new CodecRole(),
        new SamplerRole(),
        new VocoderRole(),
        new NodeRole());
  }

  static ResolvedRecipe recipe(String extra) {
    return ResolvedRecipe.parse(
        "test",
        """
        {"bundles": [{"id": "encoder.light"}, {"id": "encoder.slow-light"}, {"id": "encoder.mean"},
          {"id": "denoiser.echo"}, {"id": "codec.echo"}, {"id": "sampler.steps"}, {"id": "vocoder.hold"}],
          "melFrames": 64, "crossFadeSeconds": 0.1%s}"""
            .formatted(extra));
  }

  void pause() {
    if (sleepMillis > 0) {
      try {
        Thread.sleep(sleepMillis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Sees how light the film is. */
  public final class Light implements VisualEncoder {
    private final double rate;

    /** An encoder that sees so many frames a second. */
    public Light(double rate) {
      this.rate = rate;
    }

    @Override
    public FrameRequest frames() {
      return FrameRequest.atRate(rate);
    }

    @Override
    public int featureWidth() {
      return 2;
    }

    @Override
    public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
      encoded.incrementAndGet();
      List<Float> light = new ArrayList<>();
      for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
        light.add((float) frame.rgb()[0]);
        run.progress(light.size(), 0);
      }
      pause();
      float sum = 0;
      float[] line = new float[light.size()];
      for (int i = 0; i < line.length; i++) {
        line[i] = light.get(i);
        sum += line[i];
      }
      run.remark("light seen");
      return new FilmFeature(
          new float[] {sum / line.length, line.length},
          Optional.of(new TimeLine(1 / rate, List.of("light"), line)));
    }
  }

  static final class MeanFusion implements FeatureFusion {
    @Override
    public FilmCondition fuse(Map<String, FilmFeature> features, RunContext run) {
      float[] mean = new float[2];
      Map<String, Double> weights = new LinkedHashMap<>();
      features.forEach(
          (name, feature) -> {
            mean[0] += feature.vector()[0] / features.size();
            mean[1] += feature.vector()[1] / features.size();
            weights.put(name, 1.0 / features.size());
          });
      return new FilmCondition(mean, weights);
    }
  }

  /** Hears like the level; without a style piece it is the light of the film. */
  final class Drawn extends Level {
    @Override
    public boolean drawsFromFilm() {
      return true;
    }

    @Override
    public ControlSignal draw(Map<String, TimeLine> film, FrameGrid grid, RunContext run) {
      drawnFrom = film.get("encoder.light");
      float[] values = new float[grid.frames()];
      Arrays.fill(values, drawnFrom.at(drawnFrom.rows() - 1, 0));
      return new ControlSignal(grid.frames(), 1, values);
    }
  }

  class Level implements StyleControl {
    @Override
    public int channels() {
      return 1;
    }

    @Override
    public ControlSignal extract(Sound sound, FrameGrid grid) {
      extracted.incrementAndGet();
      float[] values = new float[grid.frames()];
      Arrays.fill(values, sound.channels()[0][0]);
      return new ControlSignal(grid.frames(), 1, values);
    }
  }

  final class EchoDenoiser implements Denoiser {
    @Override
    public Format format(RunContext run) {
      return new Format(
          1, 2, Map.of("level", new ControlFormat(1, 0, 1), "drawn", new ControlFormat(1, 0, 1)));
    }

    @Override
    public Session open(RunContext run) {
      opened.incrementAndGet();
      run.remark("denoiser.echo is a toy");
      return new Session() {
        @Override
        public NoiseSchedule schedule() {
          return NoiseSchedule.audioLdm();
        }

        @Override
        public NoisePredictor predictor(
            FilmCondition film, Map<String, ControlSignal> controls, double scale) {
          return (latent, timestep) -> {
            predicted.incrementAndGet();
            pause();
            float[] values = latent.values().clone();
            float level = 0;
            for (ControlSignal control : controls.values()) {
              level += control.at(0, 0);
            }
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) (0.9 * values[i] + 0.001 * scale * film.vector()[0] + level);
            }
            return latent.with(values);
          };
        }

        @Override
        public void close() {
          closed.incrementAndGet();
        }
      };
    }
  }

  /** A latent is its mel of one band. */
  final class EchoCodec implements LatentCodec {
    @Override
    public Format format(RunContext run) {
      return new Format(16_000, 160, 1, 1, 1, 4);
    }

    @Override
    public Session open(RunContext run) {
      opened.incrementAndGet();
      return new Session() {
        @Override
        public Latent encode(Mel mel) {
          return new Latent(1, mel.frames(), mel.bands(), mel.values());
        }

        @Override
        public Mel decode(Latent latent) {
          return new Mel(latent.frames(), latent.bands(), latent.values());
        }

        @Override
        public void close() {
          closed.incrementAndGet();
        }
      };
    }
  }

  /** Gives a composer's name. */
  public record Named(String composer) implements Node {
    @Override
    public List<Port> inputs() {
      return List.of();
    }

    @Override
    public List<Port> outputs() {
      return List.of(Port.of(Kinds.COMPOSER, Extent.RUN));
    }

    @Override
    public Values run(Values in, NodeContext run) {
      return Values.of(Kinds.COMPOSER, composer);
    }
  }

  /** Asks the predictor once a step. */
  public static final class Steps implements Sampler {
    private final int steps;

    /** A sampler of so many steps. */
    public Steps(int steps) {
      this.steps = steps;
    }

    @Override
    public Latent sample(
        Latent noise, NoisePredictor predictor, NoiseSchedule schedule, RunContext run) {
      Latent latent = noise;
      for (int s = 0; s < steps; s++) {
        latent = predictor.predict(latent, steps - s);
        run.progress(s + 1, steps);
      }
      return latent;
    }

    @Override
    public int steps() {
      return steps;
    }
  }

  final class Hold implements Vocoder {
    @Override
    public Sound vocode(Mel mel, RunContext run) {
      vocoded.incrementAndGet();
      float[] samples = new float[mel.frames() * 160];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = mel.values()[i / 160];
      }
      return Sound.mono(samples, 16_000);
    }
  }

  /** Offers {@code encoder.blind}, which needs weights of its own name. */
  public static void addBlind(FakeRegistry registry) {
    registry.with(
        VisualEncoder.class,
        "encoder.blind",
        "d9",
        new Declaration("", List.of(), List.of("encoder.blind"), List.of(), List.of()),
        List.of(),
        settings -> new Blind());
  }

  /** An encoder that says at run time that it has no weights. */
  public static class Blind implements VisualEncoder {
    @Override
    public FrameRequest frames() {
      return FrameRequest.atRate(1);
    }

    @Override
    public int featureWidth() {
      return 2;
    }

    @Override
    public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
      throw new MaestroException(Kind.CONFIGURATION, "encoder.blind", "no weights", "fetch them");
    }
  }
}
