package maestro.latent.vmunet;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import maestro.api.Plugin;
import maestro.api.latent.Denoiser;
import maestro.api.latent.NetworkPart;
import maestro.api.run.RunContext;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The paper's denoiser: VM-UNet with its S-Control Branch, from the parts {@code denoiser} and
 * {@code branch} (if there is one) of the run's model pack.
 *
 * <p>One guided step is one run of one network: both passes of the guidance in one batch, the
 * branch inside, and control nets of other bundles too.
 */
@Component(service = Denoiser.class, configurationPid = VmUnetDenoiser.NAME)
@Designate(ocd = VmUnetDenoiser.Settings.class)
@Plugin(
    name = VmUnetDenoiser.NAME,
    paper = "3.2",
    weights = {"denoiser", "branch?"},
    formerly = "latent.vm-unet")
public final class VmUnetDenoiser implements Denoiser {
  static final String NAME = "denoiser.vm-unet";

  /** The film's name among what can be guided. */
  static final String FILM = "film";

  private final NetworkEngine engine;
  private final boolean bypassBranch;
  private final Set<String> guided;

  /** What a recipe may set. */
  @ObjectClassDefinition(name = NAME)
  public @interface Settings {
    /** Engine of the networks. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";

    /** Whether the branch is left out when the recipe has no control. */
    @AttributeDefinition(
        description =
            "Leave the S-Control Branch out when no control is set; the paper runs it with zeros, which is not the same.")
    boolean bypassBranchWhenNoControls() default false;

    /** What the guidance is on. */
    @AttributeDefinition(
        description =
            "What the guidance scale is on, by name with commas between: film, as in the paper, and local controls; what is not named is heard with its own strength.")
    String guided() default FILM;
  }

  /** Made by the host. */
  @Activate
  public VmUnetDenoiser(@Reference NetworkEngine engine, Settings settings) {
    this(
        engine.named(settings.engine()),
        settings.bypassBranchWhenNoControls(),
        names(settings.guided()));
  }

  VmUnetDenoiser(NetworkEngine engine, boolean bypassBranch, Set<String> guided) {
    this.engine = engine;
    this.bypassBranch = bypassBranch;
    this.guided = guided;
  }

  private static Set<String> names(String list) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : list.split(",")) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  @Override
  public Format format(RunContext run) {
    return DenoiserParts.format(PackParts.of(run, NAME));
  }

  @Override
  public Session open(RunContext run) {
    return open(run, Map.of());
  }

  /** Takes control nets, {@link ControlNet}. */
  @Override
  public Session open(RunContext run, Map<String, NetworkPart> others) {
    DenoiserParts parts = DenoiserParts.of(PackParts.of(run, NAME)).with(others);
    return new DenoiserSession(engine, parts, bypassBranch, guided, run);
  }
}
