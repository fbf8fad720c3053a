package maestro.latent.vmunet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.Plugin;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.api.tensor.TensorStages;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The networks of the latent diffusion model, each by itself. A branch that the pack has takes
 * part, with zeros for controls left out.
 */
@Component(configurationPid = LatentStages.NAME)
@Designate(ocd = LatentStages.Settings.class)
@Plugin(name = LatentStages.NAME, paper = "3.2")
public final class LatentStages implements TensorStages {
  static final String NAME = "latent.stages";

  private static final Map<String, String> STAGES = new LinkedHashMap<>();

  static {
    STAGES.put(
        "vae-encode",
        "mel [B, 1, T, 64] -> moments [B, 16, T/4, 16], latent [B, 8, T/4, 16] (means times scale factor)");
    STAGES.put("vae-decode", "latent [B, 8, T, 16] -> mel [B, 1, 4T, 64]");
    STAGES.put(
        "denoiser",
        "latent [B, 8, T, 16], timestep [B], film [B, 512], optional controls [B, 4T, C] by name -> eps [B, 8, T, 16]");
    STAGES.put(
        "guided-denoiser",
        "as denoiser, and guidance_scale [1], optional null_film [B, 512] -> eps [B, 8, T, 16]");
  }

  private final NetworkEngine engine;

  /** What a command may set. */
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
  public LatentStages(@Reference NetworkEngine engine, Settings settings) {
    this(engine.named(settings.engine()));
  }

  LatentStages(NetworkEngine engine) {
    this.engine = engine;
  }

  @Override
  public List<String> stages() {
    return List.copyOf(STAGES.keySet());
  }

  @Override
  public String describe(String stage) {
    return STAGES.get(stage);
  }

  @Override
  public NamedTensors run(String stage, NamedTensors inputs, RunContext run) {
    PackParts pack = PackParts.of(run, NAME);
    Map<String, FloatTensor> given = inputs.tensors();
    return switch (stage) {
      case "vae-encode" -> encode(CodecParts.of(pack), given, run);
      case "vae-decode" -> decode(CodecParts.of(pack), given, run);
      case "denoiser", "guided-denoiser" ->
          denoise(stage, DenoiserParts.of(pack), given, stage.startsWith("guided"), run);
      default -> throw new IllegalArgumentException("no stage '" + stage + "' among " + stages());
    };
  }

  private NamedTensors encode(CodecParts parts, Map<String, FloatTensor> given, RunContext run) {
    allow("vae-encode", given, Set.of("mel"));
    FloatTensor mel = plane(given.get("mel"), "vae-encode", "mel");
    int multiple = parts.vae.compression();
    if (mel.axis(2) % multiple != 0 || mel.axis(3) % multiple != 0) {
      throw misshapen(
          "vae-encode", "mel", mel, "[B, 1, T, F] with T and F multiples of " + multiple);
    }
    FloatTensor moments = call(parts.encoderSource(), Map.of("mel", mel), run).get("moments");
    int batch = moments.axis(0);
    int half = moments.values().length / batch / 2;
    float[] latent = new float[batch * half];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < half; i++) {
        latent[b * half + i] = (float) (moments.values()[2 * b * half + i] * parts.scaleFactor);
      }
    }
    Map<String, FloatTensor> results = new LinkedHashMap<>();
    results.put("moments", moments);
    results.put(
        "latent",
        FloatTensor.of(latent, batch, moments.axis(1) / 2, moments.axis(2), moments.axis(3)));
    return new NamedTensors(results, Map.of());
  }

  private NamedTensors decode(CodecParts parts, Map<String, FloatTensor> given, RunContext run) {
    allow("vae-decode", given, Set.of("latent"));
    FloatTensor latent = given.get("latent");
    if (latent.shape().length != 4 || latent.axis(1) != parts.vae.latentChannels()) {
      throw misshapen(
          "vae-decode", "latent", latent, "[B, " + parts.vae.latentChannels() + ", T, F]");
    }
    float[] z = latent.values().clone();
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) (z[i] / parts.scaleFactor);
    }
    return result(
        call(parts.decoderSource(), Map.of("latent", new FloatTensor(latent.shape(), z)), run),
        "mel");
  }

  private NamedTensors denoise(
      String stage,
      DenoiserParts parts,
      Map<String, FloatTensor> given,
      boolean guided,
      RunContext run) {
    List<String> allowed = new ArrayList<>(List.of("latent", "timestep", "film"));
    allowed.addAll(parts.controlChannels().keySet());
    if (guided) {
      allowed.addAll(List.of("null_film", "guidance_scale"));
    }
    Map<String, FloatTensor> complete = new LinkedHashMap<>(given);
    int batch = given.containsKey("latent") ? given.get("latent").axis(0) : 1;
    int width = parts.unet.filmWidth();
    if (guided && !given.containsKey("null_film")) {
      float[] nothing = new float[batch * width];
      for (int b = 0; b < batch; b++) {
        System.arraycopy(parts.nullCondition, 0, nothing, b * width, width);
      }
      complete.put("null_film", FloatTensor.of(nothing, batch, width));
    }
    List<String> required = new ArrayList<>(allowed);
    required.removeAll(parts.controlChannels().keySet());
    check(stage, complete, required, allowed);
    FloatTensor latent = complete.get("latent");
    if (latent.shape().length != 4 || latent.axis(1) != parts.unet.latentChannels()) {
      throw misshapen(stage, "latent", latent, "[B, " + parts.unet.latentChannels() + ", T, F]");
    }
    complete.put("timestep", perItem(stage, "timestep", complete.get("timestep"), batch));
    for (String film : guided ? List.of("film", "null_film") : List.of("film")) {
      FloatTensor tensor = complete.get(film);
      if (tensor.values().length != batch * width) {
        throw misshapen(stage, film, tensor, "[" + batch + ", " + width + "]");
      }
      complete.put(film, FloatTensor.of(tensor.values(), batch, width));
    }
    if (guided) {
      complete.put(
          "guidance_scale", perItem(stage, "guidance_scale", complete.get("guidance_scale"), 1));
    }
    boolean branch = parts.controls != null;
    if (branch) {
      int frames = latent.axis(2) * parts.controls.framesInPlace();
      parts
          .controlChannels()
          .forEach(
              (name, channels) ->
                  complete.put(
                      name, control(stage, name, complete.get(name), batch, frames, channels)));
    }
    NetworkSource source =
        guided ? parts.guidedSource(branch, Set.of()) : parts.denoiserSource(branch);
    return result(call(source, complete, run), "eps");
  }

  private static FloatTensor perItem(String stage, String name, FloatTensor tensor, int batch) {
    float[] values = tensor.values();
    if (values.length == batch) {
      return FloatTensor.of(values, batch);
    }
    if (values.length != 1) {
      throw misshapen(stage, name, tensor, "[" + batch + "]");
    }
    float[] repeated = new float[batch];
    java.util.Arrays.fill(repeated, values[0]);
    return FloatTensor.of(repeated, batch);
  }

  /** [B, T, C] to [B, C, T, 1]; zeros when there is none. */
  private static FloatTensor control(
      String stage, String name, FloatTensor tensor, int batch, int frames, int channels) {
    float[] values = new float[batch * frames * channels];
    if (tensor != null) {
      if (!java.util.Arrays.equals(tensor.shape(), new long[] {batch, frames, channels})) {
        throw misshapen(stage, name, tensor, "[" + batch + ", " + frames + ", " + channels + "]");
      }
      for (int b = 0; b < batch; b++) {
        for (int t = 0; t < frames; t++) {
          for (int c = 0; c < channels; c++) {
            values[(b * channels + c) * frames + t] =
                tensor.values()[(b * frames + t) * channels + c];
          }
        }
      }
    }
    return FloatTensor.of(values, batch, channels, frames, 1);
  }

  private static FloatTensor plane(FloatTensor tensor, String stage, String name) {
    long[] shape = tensor.shape();
    if (shape.length == 4 && shape[1] == 1) {
      return tensor;
    }
    if (shape.length == 3) {
      return FloatTensor.of(tensor.values(), shape[0], 1, shape[1], shape[2]);
    }
    throw misshapen(stage, name, tensor, "[B, 1, T, F]");
  }

  private Map<String, FloatTensor> call(
      NetworkSource source, Map<String, FloatTensor> inputs, RunContext run) {
    try (Network network = engine.open(source, run.device())) {
      return network.run(inputs);
    }
  }

  private static NamedTensors result(Map<String, FloatTensor> outputs, String name) {
    return NamedTensors.of(name, outputs.get(name));
  }

  private static void allow(String stage, Map<String, FloatTensor> given, Set<String> names) {
    check(stage, given, List.copyOf(names), List.copyOf(names));
  }

  private static void check(
      String stage, Map<String, FloatTensor> given, List<String> required, List<String> allowed) {
    for (String name : required) {
      if (!given.containsKey(name)) {
        throw refused(stage, "there is no tensor '" + name + "'", "it takes " + STAGES.get(stage));
      }
    }
    for (String name : given.keySet()) {
      if (!allowed.contains(name)) {
        throw refused(
            stage,
            "it has no input '" + name + "' with this pack",
            "it takes " + STAGES.get(stage));
      }
    }
  }

  private static MaestroException misshapen(
      String stage, String name, FloatTensor tensor, String wanted) {
    return refused(
        stage,
        "the tensor '" + name + "' has the shape " + java.util.Arrays.toString(tensor.shape()),
        "it must be " + wanted);
  }

  private static MaestroException refused(String stage, String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, stage, cause, next);
  }
}
