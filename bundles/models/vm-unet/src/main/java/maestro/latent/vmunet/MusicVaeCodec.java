package maestro.latent.vmunet;

import maestro.api.Plugin;
import maestro.api.latent.LatentCodec;
import maestro.api.run.RunContext;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The paper's codec: the Music VAE, from the part {@code vae} of the run's model pack. */
@Component(service = LatentCodec.class, configurationPid = MusicVaeCodec.NAME)
@Designate(ocd = MusicVaeCodec.Settings.class)
@Plugin(name = MusicVaeCodec.NAME, paper = "3.2", weights = "vae", formerly = "latent.vm-unet")
public final class MusicVaeCodec implements LatentCodec {
  static final String NAME = "codec.music-vae";

  private final NetworkEngine engine;

  /** What a recipe may set. */
  @ObjectClassDefinition(name = NAME)
  public @interface Settings {
    /** Engine of the networks. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";
  }

  /** Made by the host. */
  @Activate
  public MusicVaeCodec(@Reference NetworkEngine engine, Settings settings) {
    this(engine.named(settings.engine()));
  }

  MusicVaeCodec(NetworkEngine engine) {
    this.engine = engine;
  }

  @Override
  public Format format(RunContext run) {
    return CodecParts.format(PackParts.of(run, NAME));
  }

  @Override
  public Session open(RunContext run) {
    return new CodecSession(engine, CodecParts.of(PackParts.of(run, NAME)), run);
  }
}
