package maestro.vocoder.hifigan;

import java.util.Arrays;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.RunContext;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;
import maestro.api.sound.Vocoder;
import maestro.api.tensor.FloatTensor;
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
 * HiFi-GAN at 16 kHz with 64 bands, as AudioLDM's (paper, section 3.3). The generator makes 32
 * samples more than 160 for each frame; they are cut off at the end.
 */
@Component(service = Vocoder.class, configurationPid = HifiGanVocoder.NAME)
@Designate(ocd = HifiGanVocoder.Settings.class)
@Plugin(name = HifiGanVocoder.NAME, paper = "3.3", weights = HifiGanVocoder.NAME)
public final class HifiGanVocoder implements Vocoder {
  /** Name of the vocoder, and of its part of a pack. */
  public static final String NAME = "vocoder.hifigan";

  private static final int SAMPLE_RATE = 16_000;

  private final NetworkEngine engine;
  private Key key;
  private HifiGanNetwork network;

  private record Key(String digest, Device device) {}

  /** What a recipe may set. */
  @ObjectClassDefinition(name = NAME)
  public @interface Settings {
    /** Engine of the generator; empty for the host's choice. */
    @AttributeDefinition(
        description =
            "Engine of the generator, onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.",
        options = {
          @Option(""),
          @Option("onnx"),
          @Option("pytorch"),
          @Option("torchscript"),
          @Option("torchscript-float32")
        })
    String engine() default "";
  }

  /** Made by the host. */
  @Activate
  public HifiGanVocoder(@Reference NetworkEngine engine, Settings settings) {
    this(engine.named(settings.engine()));
  }

  HifiGanVocoder(NetworkEngine engine) {
    this.engine = engine;
  }

  @Override
  public synchronized Sound vocode(Mel mel, RunContext run) {
    HifiGanNetwork generator = opened(run);
    HifiGanConfig config = generator.config();
    if (mel.bands() != config.bands()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          NAME,
          "the mel has " + mel.bands() + " bands and the weights are for " + config.bands(),
          "use a mel and a pack that belong together");
    }
    float[] turned = new float[mel.values().length]; // [T, F] to [1, F, T]
    for (int t = 0; t < mel.frames(); t++) {
      for (int f = 0; f < mel.bands(); f++) {
        turned[f * mel.frames() + t] = mel.values()[t * mel.bands() + f];
      }
    }
    float[] samples =
        generator
            .network()
            .run(Map.of("mel", FloatTensor.of(turned, 1, mel.bands(), mel.frames())))
            .get("waveform")
            .values();
    return Sound.mono(Arrays.copyOf(samples, mel.frames() * config.hop()), SAMPLE_RATE);
  }

  /**
   * The generator of the run's pack; kept for the next sound while weights and device are the same.
   */
  private HifiGanNetwork opened(RunContext run) {
    PackPart part = HifiGanNetwork.part(run);
    Key wanted = new Key(part.digest() + part.weights(), run.device());
    if (!wanted.equals(key)) {
      close();
      network = HifiGanNetwork.open(engine, part, run);
      key = wanted;
    }
    return network;
  }

  /** Gives the weights back. */
  @Deactivate
  synchronized void close() {
    if (network != null) {
      network.close();
      network = null;
      key = null;
    }
  }
}
