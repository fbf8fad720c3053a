package maestro.embedding.panns;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.metric.AudioEmbedding;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.networks.PackNetworks;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * PANNs' Cnn14: one feature of 2048 numbers and the logits of AudioSet's 527 classes for a whole
 * sound (paper, section 4.2.1: "PANN for IS and KL").
 *
 * <p>Weights: {@code Cnn14_16k_mAP=0.438.pth} of qiuqiangkong/audioset_tagging_cnn, or with {@code
 * variant=32k} {@code Cnn14_mAP=0.431.pth}, as pack part {@code embedding.panns}. The front end is
 * computed; the file's copy of it is not used.
 */
@Component(configurationPid = Panns.NAME)
@Designate(ocd = Panns.Settings.class)
@Plugin(name = Panns.NAME, paper = "4.2.1", weights = Panns.NAME, formerly = "metric.panns")
public final class Panns implements AudioEmbedding {
  static final String NAME = "embedding.panns";

  /** Settings of the embedding. */
  @ObjectClassDefinition(name = "PANNs Cnn14")
  public @interface Settings {
    /** Which of the published networks the pack holds. */
    @AttributeDefinition(
        description = "sample rate of the network in the pack",
        options = {@Option(value = "16k"), @Option(value = "32k")})
    String variant() default "16k";
  }

  private final LogMelFrames frontEnd;
  private final PackNetworks<Network> networks;

  /** Made by Declarative Services. */
  @Activate
  public Panns(@Reference NetworkEngine engine, Settings settings) {
    this(engine, settings.variant());
  }

  Panns(NetworkEngine engine, String variant) {
    if (!variant.equals("16k") && !variant.equals("32k")) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          NAME,
          "setting variant is '" + variant + "'",
          "set it to 16k or 32k");
    }
    boolean wide = variant.equals("32k");
    frontEnd = new LogMelFrames(wide);
    String file = wide ? "Cnn14_mAP=0.431.pth" : "Cnn14_16k_mAP=0.438.pth";
    networks =
        new PackNetworks<>(
            NAME,
            file + " of qiuqiangkong/audioset_tagging_cnn",
            "maestro packs assemble paper --add --panns FILE",
            (part, weights, device) -> engine.open(source(weights), device));
  }

  static NetworkSource source(Map<String, Weight> weights) {
    return new NetworkSource(
        NAME,
        Cnn14::new,
        List.of(NetworkInput.of("mel", 1, 1, -1, Cnn14.BANDS)),
        Cnn14.OUTPUTS,
        weights);
  }

  /** Gives the weights back. */
  @Deactivate
  public void close() {
    networks.close();
  }

  @Override
  public int width() {
    return Cnn14.WIDTH;
  }

  @Override
  public int classes() {
    return Cnn14.CLASSES;
  }

  @Override
  public Heard hear(Sound sound, RunContext run) {
    if (sound.length() == 0) {
      throw new MaestroException(
          MaestroException.Kind.INPUT, NAME, "the sound is empty", "leave it out");
    }
    float[] mel = frontEnd.of(sound);
    return networks.use(run, network -> hear(network, mel));
  }

  static Heard hear(Network network, float[] mel) {
    FloatTensor input = FloatTensor.of(mel, 1, 1, mel.length / Cnn14.BANDS, Cnn14.BANDS);
    Map<String, FloatTensor> heard = network.run(Map.of("mel", input));
    return new Heard(new float[][] {heard.get("feature").values()}, heard.get("logits").values());
  }
}
