package maestro.runtime.tests.toys.encoder;

import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.run.RunContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Its feature is its bundle's micro version and its settings, as long as it is active. */
@Component(configurationPid = "encoder.toy")
@Designate(ocd = ToyEncoder.Settings.class)
@Plugin(name = "encoder.toy", paper = "3.1", formerly = "encoder.plaything")
public final class ToyEncoder implements VisualEncoder {
  private final float version;
  private final Settings settings;
  private volatile boolean active = true;

  /** One setting of each type. */
  @ObjectClassDefinition
  public @interface Settings {
    /** A whole number. */
    @AttributeDefinition(min = "1", max = "64", description = "Factor of the second value.")
    int scale() default 2;

    /** A number. */
    @AttributeDefinition(min = "0", description = "Added to the second value.")
    double offset() default 0.5;

    /** One of two. */
    @AttributeDefinition(
        options = {
          @org.osgi.service.metatype.annotations.Option("rgb"),
          @org.osgi.service.metatype.annotations.Option("grey")
        })
    String colours() default "rgb";

    /** Whether it fails when it is made. */
    boolean broken() default false;
  }

  @Activate
  public ToyEncoder(Settings settings) {
    if (settings.broken()) {
      throw new IllegalStateException("asked to be broken");
    }
    this.settings = settings;
    this.version = FrameworkUtil.getBundle(ToyEncoder.class).getVersion().getMicro();
  }

  @Deactivate
  void stop() {
    active = false;
  }

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
    if (!active) {
      throw new IllegalStateException("used after it was stopped");
    }
    return FilmFeature.of(version, (float) (settings.scale() * settings.offset()));
  }
}
