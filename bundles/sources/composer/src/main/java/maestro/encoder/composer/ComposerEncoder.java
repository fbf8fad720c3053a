package maestro.encoder.composer;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.film.FilmClip;
import maestro.api.film.FilmFeature;
import maestro.api.film.FrameRequest;
import maestro.api.film.FrameSource;
import maestro.api.film.VisualEncoder;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Whose music it should sound like, one of the composers that the pack's fusion was trained with,
 * as a vector of 32 numbers with a single 1: at place 0 for nobody, at place k for the k-th
 * composer. The film itself is not looked at. Not in the paper.
 *
 * <p>The composers are the list {@code encoders → encoder.composer → labels} in the architecture of
 * the part {@code fusion.laff}.
 */
@Component(configurationPid = ComposerEncoder.NAME)
@Designate(ocd = ComposerEncoder.Settings.class)
@Plugin(name = ComposerEncoder.NAME, weights = "fusion.laff?")
public final class ComposerEncoder implements VisualEncoder {
  static final String NAME = "encoder.composer";
  static final int WIDTH = 32;

  private static final FrameRequest ONE_LOOK = new FrameRequest(1, 16, 16);

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Whose music it should sound like.")
  @interface Settings {
    /** The composer. */
    @AttributeDefinition(
        description = "A composer the pack was trained with; empty for nobody in particular.")
    String composer() default "";
  }

  private final String composer;

  /** An encoder with the settings of a recipe. */
  @Activate
  public ComposerEncoder(Settings settings) {
    this(settings.composer());
  }

  ComposerEncoder(String composer) {
    this.composer = composer;
  }

  @Override
  public FrameRequest frames() {
    return ONE_LOOK;
  }

  @Override
  public int featureWidth() {
    return WIDTH;
  }

  @Override
  public FilmFeature encode(FilmClip clip, FrameSource frames, RunContext run) {
    run.checkCancelled();
    float[] vector = new float[WIDTH];
    vector[composer.isEmpty() ? 0 : 1 + place(run)] = 1;
    return FilmFeature.of(vector);
  }

  private int place(RunContext run) {
    List<String> composers = run.pack().map(ComposerEncoder::composers).orElse(List.of());
    int place = composers.indexOf(composer);
    if (place < 0 || place >= WIDTH - 1) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "the pack was not trained with the composer '" + composer + "'",
          composers.isEmpty()
              ? "leave the composer out, or use a pack that knows some"
              : "use one of " + String.join(", ", composers));
    }
    return place;
  }

  /** Composers a pack's fusion knows, in order. */
  private static List<String> composers(ModelPack pack) {
    Object labels =
        pack.part("fusion.laff")
            .map(part -> part.architecture().get("encoders"))
            .map(encoders -> encoders instanceof Map<?, ?> map ? map.get(NAME) : null)
            .map(entry -> entry instanceof Map<?, ?> map ? map.get("labels") : null)
            .orElse(null);
    return labels instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
