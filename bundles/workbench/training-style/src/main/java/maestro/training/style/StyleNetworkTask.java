package maestro.training.style;

import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.TrainingTask;
import org.osgi.service.component.annotations.Component;

/**
 * Trains the prototypical network that tells composers apart (paper, section 4.2.3; Snell et al.
 * 2017). The recipe's {@code batch} is the number of labels of an episode. It is asked one-shot;
 * the source trains so, too, while here an episode shows three pieces of a label, whose mean is
 * steadier where composers have few tracks.
 *
 * <p>Settings: {@code frames}, {@code channels}, {@code width} as of {@link
 * maestro.networks.StyleSize}; {@code gainDb} and {@code equaliserDb}, how far pieces are mastered
 * otherwise; {@code shots} and {@code queries} of each label; {@code validationPieces} of each
 * label; {@code labels}, those reported apart over all held-out tracks. The checkpoint is told by
 * the split val alone; test and labels are figures to read.
 */
@Component
public final class StyleNetworkTask implements TrainingTask {
  @Override
  public String name() {
    return "style-network";
  }

  @Override
  public TrainingSession open(TrainingContext context) {
    return new StyleNetworkSession(
        context, context.recipe().config(StyleNetworkSession.Settings.class));
  }
}
