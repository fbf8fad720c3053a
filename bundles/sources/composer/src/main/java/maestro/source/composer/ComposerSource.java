package maestro.source.composer;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.film.FilmFeature;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import maestro.api.pack.ModelPack;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * In the style of which composer a score shall be, one of the composers that the pack's fusion was
 * trained with. Not in the paper.
 *
 * <p>Gives the name to every plugin that takes a {@code composer}, and to the fusion a feature of
 * 32 numbers with a single 1: at place 0 for nobody, at place k for the k-th composer. For nobody
 * it gives no name.
 *
 * <p>The composers are the list {@code encoders → source.composer → labels} in the architecture of
 * the part {@code fusion.laff}.
 */
@Component(configurationPid = ComposerSource.NAME)
@Designate(ocd = ComposerSource.Settings.class)
@Plugin(name = ComposerSource.NAME, weights = "fusion.laff?", formerly = "encoder.composer")
public final class ComposerSource implements Node {
  static final String NAME = "source.composer";
  static final int WIDTH = 32;

  /** Settings. */
  @ObjectClassDefinition(
      name = NAME,
      description = "The composer in whose style the score shall be.")
  @interface Settings {
    /** The composer. */
    @AttributeDefinition(
        description = "A composer the pack was trained with; empty for nobody in particular.")
    String composer() default "";
  }

  private final String composer;

  /** A source with the settings of a recipe. */
  @Activate
  public ComposerSource(Settings settings) {
    this(settings.composer());
  }

  ComposerSource(String composer) {
    this.composer = composer;
  }

  @Override
  public List<Port> inputs() {
    return List.of();
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.COMPOSER, Extent.RUN), Port.of(Kinds.FEATURE, Extent.RUN));
  }

  @Override
  public void check(Map<String, List<String>> wired, RunContext run) {
    place(run);
  }

  @Override
  public Values run(Values in, NodeContext run) {
    float[] vector = new float[WIDTH];
    vector[place(run)] = 1;
    Values feature = Values.of(Kinds.FEATURE, FilmFeature.of(vector));
    return composer.isEmpty() ? feature : feature.with(Kinds.COMPOSER.name(), "", composer);
  }

  private int place(RunContext run) {
    if (composer.isEmpty()) {
      return 0;
    }
    List<String> composers = run.pack().map(ComposerSource::composers).orElse(List.of());
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
    return 1 + place;
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
