package maestro.training.style;

import maestro.training.TrainingContext;
import maestro.training.TrainingSession;
import maestro.training.TrainingTask;
import org.osgi.service.component.annotations.Component;

/**
 * Trains a contrastive embedding (SimCLR, Chen et al. 2020), the feature that the source of the
 * paper's originality uses (section 4.2.3). Two views of a piece are two beginnings near each
 * other, mastered differently. The source takes RMSprop; here it is AdamW, as for every task.
 *
 * <p>Settings: {@code frames}, {@code channels}, {@code width} as of {@link
 * maestro.networks.StyleSize}; {@code gainDb} and {@code equaliserDb}; {@code temperature}; {@code
 * shift} in frames; {@code projection}, the width of the head; {@code validationPieces}.
 */
@Component
public final class SimclrTask implements TrainingTask {
  @Override
  public String name() {
    return "simclr";
  }

  @Override
  public TrainingSession open(TrainingContext context) {
    return new SimclrSession(context, context.recipe().config(SimclrSession.Settings.class));
  }
}
