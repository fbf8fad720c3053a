package @package@;

import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.Frame;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The film's mean colour: red, green and blue, each 0 ... 1. */
@Component(configurationPid = "@name@")
@Designate(ocd = @class@.Settings.class)
@Plugin(name = "@name@")
public final class @class@ implements VisualEncoder {
  private final double framesPerSecond;

  /** What a recipe may set. */
  @ObjectClassDefinition
  public @interface Settings {
    /** Frames looked at in each second of film. */
    @AttributeDefinition(min = "0.1", max = "60", description = "frames looked at in each second of film")
    double framesPerSecond() default 2;
  }

  @Activate
  public @class@(Settings settings) {
    this(settings.framesPerSecond());
  }

  @class@(double framesPerSecond) {
    this.framesPerSecond = framesPerSecond;
  }

  @Override
  public FrameRequest frames() {
    return new FrameRequest(framesPerSecond, 64, 0);
  }

  @Override
  public int featureWidth() {
    return 3;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    double[] sum = new double[3];
    long count = 0;
    for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
      byte[] rgb = frame.rgb();
      for (int i = 0; i < rgb.length; i++) {
        sum[i % 3] += (rgb[i] & 0xff) / 255.0;
      }
      count += rgb.length / 3;
      run.checkCancelled();
    }
    return FilmFeature.of((float) (sum[0] / count), (float) (sum[1] / count), (float) (sum[2] / count));
  }
}
