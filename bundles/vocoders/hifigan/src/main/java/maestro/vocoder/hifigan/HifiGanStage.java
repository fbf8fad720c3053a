package maestro.vocoder.hifigan;

import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.api.tensor.TensorStages;
import maestro.tensor.NetworkEngine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The generator by itself, nothing cut off. */
@Component(configurationPid = "vocoder.hifigan.stage")
@Designate(ocd = HifiGanStage.Settings.class)
@Plugin(name = "vocoder.hifigan.stage", paper = "3.3")
public final class HifiGanStage implements TensorStages {
  private static final String STAGE = "vocoder";

  private final NetworkEngine engine;

  /** What a command may set. */
  @ObjectClassDefinition(name = "vocoder.hifigan.stage")
  public @interface Settings {
    /** Engine of the network. */
    @AttributeDefinition(
        description =
            "onnx, pytorch, torchscript or torchscript-float32; empty for the host's choice.")
    String engine() default "";
  }

  /** Made by the host. */
  @Activate
  public HifiGanStage(@Reference NetworkEngine engine, Settings settings) {
    this(engine.named(settings.engine()));
  }

  HifiGanStage(NetworkEngine engine) {
    this.engine = engine;
  }

  @Override
  public List<String> stages() {
    return List.of(STAGE);
  }

  @Override
  public String describe(String stage) {
    return "mel [B, T, 64] (or [B, 1, T, 64]) -> waveform [B, 1, 160*T + 32]";
  }

  @Override
  public NamedTensors run(String stage, NamedTensors inputs, RunContext run) {
    FloatTensor mel = inputs.tensors().get("mel");
    if (mel == null || inputs.tensors().size() != 1) {
      throw refused("the tensors given are " + inputs.tensors().keySet());
    }
    try (HifiGanNetwork generator = HifiGanNetwork.open(engine, HifiGanNetwork.part(run), run)) {
      int rank = mel.shape().length;
      int bands = generator.config().bands();
      if (rank < 3 || rank > 4 || mel.axis(rank - 1) != bands || (rank == 4 && mel.axis(1) != 1)) {
        throw refused(mel + " does not hold mels of " + bands + " bands");
      }
      int batch = mel.axis(0);
      int frames = mel.axis(rank - 2);
      float[] turned = new float[mel.values().length];
      for (int b = 0; b < batch; b++) {
        for (int t = 0; t < frames; t++) {
          for (int f = 0; f < bands; f++) {
            turned[(b * bands + f) * frames + t] = mel.values()[(b * frames + t) * bands + f];
          }
        }
      }
      Map<String, FloatTensor> fed = Map.of("mel", FloatTensor.of(turned, batch, bands, frames));
      return NamedTensors.of("waveform", generator.network().run(fed).get("waveform"));
    }
  }

  private static MaestroException refused(String cause) {
    return new MaestroException(
        MaestroException.Kind.INPUT, STAGE, cause, "give one tensor mel [B, T, 64]");
  }
}
