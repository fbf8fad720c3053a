package maestro.fusion.concat;

import java.util.Map;
import java.util.TreeMap;
import maestro.api.Plugin;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.run.RunContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Joins features without weights: each is scaled to length 1, they are laid end to end and folded
 * to the width the model wants (value i is added at i mod width), and the sum is scaled to length
 * 1.
 *
 * <p>Not the paper's fusion (LAFF, section 3.1), which is learned: every encoder has the same share
 * here.
 */
@Component(configurationPid = "fusion.concat")
@Designate(ocd = ConcatFusion.Settings.class)
@Plugin(name = "fusion.concat", formerly = "encoder.concat")
public final class ConcatFusion implements FeatureFusion {
  /** Settings. */
  @ObjectClassDefinition(
      name = "fusion.concat",
      description = "Joins film features without weights.")
  @interface Settings {
    /** Width of the condition. */
    @AttributeDefinition(
        min = "1",
        max = "65536",
        description = "Width of the condition; 512 in the paper.")
    int width() default 512;
  }

  private final int width;

  /** A fusion with the settings of a recipe. */
  @Activate
  public ConcatFusion(Settings settings) {
    this(settings.width());
  }

  ConcatFusion(int width) {
    this.width = width;
  }

  @Override
  public FilmCondition fuse(Map<String, FilmFeature> features, RunContext run) {
    double[] folded = new double[width];
    Map<String, Double> shares = new TreeMap<>();
    int at = 0;
    for (Map.Entry<String, FilmFeature> entry : features.entrySet()) {
      float[] vector = entry.getValue().vector();
      double length = length(vector);
      for (float value : vector) {
        folded[at++ % width] += length == 0 ? 0 : value / length;
      }
      shares.put(entry.getKey(), 1.0 / features.size());
    }
    float[] condition = new float[width];
    double sum = 0;
    for (double value : folded) {
      sum += value * value;
    }
    for (int i = 0; i < width; i++) {
      condition[i] = sum == 0 ? 0 : (float) (folded[i] / Math.sqrt(sum));
    }
    return new FilmCondition(condition, shares);
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
