package maestro.fusion.laff;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maestro.api.Plugin;
import maestro.api.film.FeatureFusion;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.run.RunContext;
import maestro.networks.PackNetworks;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Lightweight attentional feature fusion of whichever encoders took part (paper, section 3.1; Hu et
 * al. 2022), trained with the diffusion model. Any subset works: an encoder that is left out is
 * left out before the softmax, as the paper's ablations need it.
 *
 * <p>The weights are the pack's part {@code fusion.laff}, under the names of {@link
 * maestro.networks.Laff}. An encoder's name among them is {@code semantic} for encoder.clip, {@code
 * aesthetic} for encoder.tavar, {@code emotion} for encoder.wecl and its own short name for any
 * other. The fusion's form belongs to the weights, so it is read from them and not set in a recipe:
 * encoders, widths, heads and averaging from names and shapes, and from the part's architecture
 *
 * <ul>
 *   <li>{@code normalise}, false when the condition is not brought to length 1;
 *   <li>{@code encoders}, by plugin name: {@code name}, another name than the above; {@code scale},
 *       a factor on the feature before anything else, 1 if not given; {@code neutral}, the feature
 *       that stood in its place where it was dropped in training; and for those who check a pack,
 *       {@code width} and {@code embedded}.
 * </ul>
 *
 * <p>Classifier-free guidance is on the whole condition, as in the paper, or on some encoders
 * alone, when the setting {@code guided} names them: the other pass then hears their neutral
 * features and all else as it is. It takes a latent model whose guidance is on the film at all. Not
 * in the paper.
 */
@Component(configurationPid = LaffFusion.NAME)
@Designate(ocd = LaffFusion.Settings.class)
@Plugin(name = LaffFusion.NAME, paper = "3.1", weights = LaffFusion.NAME, formerly = "encoder.laff")
public final class LaffFusion implements FeatureFusion {
  static final String NAME = "fusion.laff";

  private static final String WANTED = "a fusion that was trained with the pack's diffusion model";

  /** Settings. */
  @ObjectClassDefinition(name = NAME, description = "Fusion of the encoders' features by LAFF.")
  @interface Settings {
    /** Engine of the network; empty for the host's choice. */
    @AttributeDefinition(
        description =
            "Engine of the network, onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.",
        options = {
          @Option(""),
          @Option("onnx"),
          @Option("pytorch"),
          @Option("torchscript"),
          @Option("torchscript-float32")
        })
    String engine() default "";

    /** Encoders the guidance is on. */
    @AttributeDefinition(
        description =
            "Encoders the guidance is on, by name with commas between, such as composer; empty, or"
                + " when these have nothing to say: all, as in the paper.")
    String guided() default "";
  }

  private final PackNetworks<TrainedFusion> networks;
  private final Set<String> guided;

  /** A fusion with the settings of a recipe. */
  @Activate
  public LaffFusion(@Reference NetworkEngine engine, Settings settings) {
    this(
        engine.named(settings.engine()),
        Arrays.stream(settings.guided().split(","))
            .map(String::trim)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet()));
  }

  LaffFusion(NetworkEngine engine, Set<String> guided) {
    this.guided = guided;
    networks =
        new PackNetworks<>(
            NAME,
            WANTED,
            "maestro train",
            (part, weights, device) -> new TrainedFusion(engine, part, weights, device));
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public void check(Set<String> encoders, RunContext run) {
    networks.use(
        run,
        fusion -> {
          fusion.check(encoders);
          return null;
        });
  }

  @Override
  public FilmCondition fuse(Map<String, FilmFeature> features, RunContext run) {
    if (features.isEmpty()) {
      throw new IllegalArgumentException(NAME + ": no features to fuse");
    }
    run.checkCancelled();
    return networks.use(run, fusion -> fusion.fuse(features, guided, run));
  }
}
