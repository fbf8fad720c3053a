package maestro.runtime.tests.toys.text;

import java.util.List;
import java.util.Map;
import maestro.api.Plugin;
import maestro.api.film.FilmCondition;
import maestro.api.latent.Denoiser;
import maestro.api.node.Extent;
import maestro.api.node.Kinds;
import maestro.api.node.Node;
import maestro.api.node.NodeContext;
import maestro.api.node.Port;
import maestro.api.node.Values;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Conditions the denoiser on words: each letter lights one place of the condition. */
@Component(configurationPid = "source.text")
@Designate(ocd = TextSource.Settings.class)
@Plugin(name = "source.text")
public final class TextSource implements Node {
  /** Settings. */
  @ObjectClassDefinition(name = "source.text")
  @interface Settings {
    /** The words. */
    String prompt() default "sad strings";
  }

  private final String prompt;

  @Activate
  public TextSource(Settings settings) {
    prompt = settings.prompt();
  }

  @Override
  public List<Port> inputs() {
    return List.of(Port.of(Kinds.DENOISER_FORMAT, Extent.RUN));
  }

  @Override
  public List<Port> outputs() {
    return List.of(Port.of(Kinds.CONDITION, Extent.WINDOW));
  }

  @Override
  public Values run(Values in, NodeContext run) {
    Denoiser.Format format = in.one(Kinds.DENOISER_FORMAT);
    float[] vector = new float[format.conditionWidth()];
    prompt.chars().forEach(letter -> vector[letter % vector.length] += 1);
    run.remark("the score is about: " + prompt);
    return Values.of(Kinds.CONDITION, new FilmCondition(vector, Map.of()));
  }
}
