package maestro.embedding.stylenetwork;

import maestro.api.Plugin;
import maestro.api.metric.AudioEmbedding;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * A prototypical network's embedding of musical style (Snell et al. 2017; paper, section 4.2.3):
 * 128 numbers for each 2.56 s, in whose space distances tell composers apart.
 *
 * <p>The project trains it itself, on little music, with the task {@code style-network}; figures
 * made with it are not comparable to those of VGGish or PANNs, nor to those of another training.
 * The weights are pack part {@code embedding.style-network}.
 */
@Component(service = AudioEmbedding.class)
@Plugin(
    name = StyleEmbedding.NAME,
    paper = "4.2.3",
    weights = StyleEmbedding.NAME,
    formerly = "metric.style-network")
public final class StyleEmbedding extends PackEmbedding {
  /** Name of the plugin and of its part of a pack. */
  public static final String NAME = "embedding.style-network";

  /** Made by Declarative Services. */
  @Activate
  public StyleEmbedding(@Reference NetworkEngine engine) {
    super(NAME, engine);
  }
}
