package maestro.embedding.stylenetwork;

import maestro.api.Plugin;
import maestro.api.metric.AudioEmbedding;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * A contrastive embedding of music (SimCLR, Chen et al. 2020): 128 numbers for each 2.56 s, learned
 * without labels, for originality as its source measures it (paper, section 4.2.3;
 * serre-lab/diversity_vs_recognizability).
 *
 * <p>The project trains it itself, on little music, with the task {@code simclr}; figures made with
 * it are not comparable to those of VGGish or PANNs, nor to those of another training. The weights
 * are pack part {@code embedding.simclr}.
 */
@Component(service = AudioEmbedding.class)
@Plugin(
    name = SimclrEmbedding.NAME,
    paper = "4.2.3",
    weights = SimclrEmbedding.NAME,
    formerly = "metric.simclr")
public final class SimclrEmbedding extends PackEmbedding {
  /** Name of the plugin and of its part of a pack. */
  public static final String NAME = "embedding.simclr";

  /** Made by Declarative Services. */
  @Activate
  public SimclrEmbedding(@Reference NetworkEngine engine) {
    super(NAME, engine);
  }
}
