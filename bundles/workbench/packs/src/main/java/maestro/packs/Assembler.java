package maestro.packs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.checkpoint.AudioLdmNames;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.checkpoint.WeightReport;

/**
 * Makes a pack from published files: names become ours, averaged copies are chosen, weight
 * normalisation is folded, all numbers become single precision, and every part must hold exactly
 * the tensors of its architecture. The files stay open until the assembler is closed.
 */
final class Assembler implements AutoCloseable {
  private static final String SCHEDULE = "alphas_cumprod";

  private final PackBuilder builder;
  private final Watcher watcher;
  private final List<Checkpoint> opened = new ArrayList<>();

  Assembler(PackBuilder builder, Watcher watcher) {
    this.builder = builder;
    this.watcher = watcher;
  }

  /**
   * Takes denoiser, VAE and vocoder from an original AudioLDM checkpoint or a diffusers folder.
   *
   * @param source the {@code .ckpt}, or the folder with {@code unet}, {@code vae} and {@code
   *     vocoder}
   * @param headRule heads of the denoiser's attention, or null for what the source means
   * @param scaleFactor of the latents, or null to read it from the source
   */
  void audioLdm(Path source, Averaging averaging, String headRule, Double scaleFactor) {
    if (Files.isDirectory(source)) {
      Path unet = weightsFile(source.resolve("unet"), "diffusion_pytorch_model");
      Path vae = weightsFile(source.resolve("vae"), "diffusion_pytorch_model");
      denoiser(
          open(unet, Architectures.DENOISER),
          averaging,
          headRule == null ? diffusersHeads(source) : headRule);
      vae(open(vae, Architectures.VAE), scaleFactor == null ? diffusersScale(source) : scaleFactor);
      vocoder(weightsFile(source.resolve("vocoder"), "model", "pytorch_model"));
      return;
    }
    Map<String, Weight> all = open(source, "denoiser, vae, vocoder.hifigan");
    denoiser(all, averaging, headRule);
    vae(all, scaleFactor == null ? storedScale(source, all) : scaleFactor);
    if (WeightNames.has(all, "first_stage_model.vocoder.")) {
      vocoder(source, all);
    }
  }

  /** Takes the vocoder from a file of its own. */
  void vocoder(Path file) {
    vocoder(file, open(file, Architectures.HIFIGAN));
  }

  /** Takes CLIP's image tower from OpenAI's file or from a folder or file of transformers. */
  void clip(Path source) {
    Path file = Files.isDirectory(source) ? weightsFile(source, "model", "pytorch_model") : source;
    Map<String, Weight> weights = ClipNames.toOpenAi(open(file, Architectures.CLIP));
    long[] convolution = shape(file, weights, "visual.conv1.weight", 4);
    long[] positions = shape(file, weights, "visual.positional_embedding", 2);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("resolution", (int) (Math.round(Math.sqrt(positions[0] - 1)) * convolution[3]));
    numbers.put("patch", (int) convolution[3]);
    numbers.put("width", (int) convolution[0]);
    numbers.put(
        "layers",
        (int) weights.keySet().stream().filter(n -> n.endsWith("attn.in_proj_weight")).count());
    numbers.put("output", (int) shape(file, weights, "visual.proj", 2)[1]);
    add(Architectures.CLIP, file, weights, numbers);
  }

  /** Takes TAVAR. */
  void tavar(Path file) {
    add(
        Architectures.TAVAR,
        file,
        WeightNames.withoutModule(open(file, Architectures.TAVAR)),
        Map.of());
  }

  /** Takes CTEN in either variant. */
  void cten(Path file) {
    Map<String, Weight> weights = WeightNames.withoutModule(open(file, Architectures.WECL));
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("segments", (int) shape(file, weights, "ta_net.fc.weight", 2)[0]);
    numbers.put("classes", (int) shape(file, weights, "fc.weight", 2)[0]);
    numbers.put("sound", WeightNames.has(weights, "a_resnet."));
    add(Architectures.WECL, file, weights, numbers);
  }

  /** Takes VGGish. */
  void vggish(Path file) {
    add(Architectures.VGGISH, file, open(file, Architectures.VGGISH), Map.of());
  }

  /** Takes PANNs Cnn14; its stored front end, which is computed here, is left out. */
  void panns(Path file) {
    add(
        Architectures.CNN14,
        file,
        WeightNames.withoutModule(open(file, Architectures.CNN14)),
        Map.of());
  }

  private void denoiser(Map<String, Weight> all, Averaging averaging, String headRule) {
    Path file = opened.get(opened.size() - 1).file();
    Map<String, Weight> weights = AudioLdmNames.unet(all, averaging);
    long[] entry = shape(file, weights, "input_blocks.0.0.weight", 4);
    String key = "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";
    long[] context = shape(file, weights, key, 2);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("latentChannels", (int) entry[1]);
    numbers.put("modelChannels", (int) entry[0]);
    numbers.put(
        "headRule",
        headRule != null ? headRule : "CHANNELS_PER_HEAD(" + (entry[0] == 256 ? 64 : 32) + ")");
    numbers.put("filmWidth", (int) shape(file, weights, "film_emb.weight", 2)[1]);
    numbers.put("videoConditioning", context[0] == context[1] ? "FILM" : "CROSS_ATTENTION");
    numbers.put("nullCondition", "zero");
    Map<String, Weight> fitted = fitted(Architectures.DENOISER, file, weights, numbers);
    Weight schedule = all.get(SCHEDULE);
    if (schedule != null && schedule.shape().length == 1) {
      fitted.put(SCHEDULE, schedule);
    }
    put(Architectures.DENOISER, fitted.values(), numbers);
  }

  private void vae(Map<String, Weight> all, double scaleFactor) {
    Path file = opened.get(opened.size() - 1).file();
    Map<String, Weight> weights = AudioLdmNames.vae(all);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("latentChannels", (int) shape(file, weights, "decoder.conv_in.weight", 4)[1]);
    numbers.put("channels", (int) shape(file, weights, "encoder.conv_in.weight", 4)[0]);
    numbers.put("scaleFactor", scaleFactor);
    add(Architectures.VAE, file, weights, numbers);
  }

  private void vocoder(Path file, Map<String, Weight> all) {
    Map<String, Weight> weights = AudioLdmNames.hifigan(all);
    long[] entry = shape(file, weights, "conv_pre.weight", 3);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("bands", (int) entry[1]);
    numbers.put("channels", (int) entry[0]);
    add(Architectures.HIFIGAN, file, weights, numbers);
  }

  private void add(
      String part, Path file, Map<String, Weight> weights, Map<String, Object> numbers) {
    put(part, fitted(part, file, weights, numbers).values(), numbers);
  }

  private static Map<String, Weight> fitted(
      String part, Path file, Map<String, Weight> weights, Map<String, Object> numbers) {
    Map<String, long[]> needed = Architectures.shapes(part, numbers).orElseThrow();
    return WeightReport.fitted(part + " from " + file.getFileName(), needed, weights);
  }

  private void put(String part, Collection<Weight> weights, Map<String, Object> numbers) {
    builder.part(part, weights.stream().map(Weight::toSingle).toList(), numbers);
  }

  private Map<String, Weight> open(Path file, String parts) {
    Checkpoint checkpoint = Checkpoint.open(file);
    opened.add(checkpoint);
    String digest = Digests.of(file, "reading " + file.getFileName(), watcher);
    builder.origin(parts + ": " + file.getFileName() + ", SHA-256 " + digest);
    return checkpoint.weights();
  }

  /** The file of weights in a folder: safetensors before PyTorch. */
  private static Path weightsFile(Path folder, String... names) {
    return Stream.of(".safetensors", ".bin")
        .flatMap(ending -> Stream.of(names).map(name -> folder.resolve(name + ending)))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new MaestroException(
                    MaestroException.Kind.INPUT,
                    folder.toString(),
                    "there is no " + names[0] + ".safetensors or .bin",
                    "give the folder as it was published"));
  }

  private static long[] shape(Path file, Map<String, Weight> weights, String name, int axes) {
    Weight weight = weights.get(name);
    if (weight == null || weight.shape().length != axes) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          Objects.toString(file.getFileName()),
          "there is no tensor " + name + " of " + axes + " axes, so this is another network",
          "give the file this option is for");
    }
    return weight.shape();
  }

  private static double storedScale(Path file, Map<String, Weight> all) {
    Weight scale = all.get("scale_factor");
    if (scale == null || scale.elements() != 1) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          Objects.toString(file.getFileName()),
          "it holds no scale_factor",
          "give it with --scale-factor");
    }
    return scale.toFloats()[0];
  }

  private static double diffusersScale(Path source) {
    Path file = source.resolve("vae").resolve("config.json");
    JsonNode scale = json(file).path("scaling_factor");
    if (!scale.isNumber()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it has no scaling_factor",
          "give it with --scale-factor");
    }
    return scale.doubleValue();
  }

  /**
   * The published configuration says {@code attention_head_dim}, which its class takes as the
   * number of heads.
   */
  private static String diffusersHeads(Path source) {
    Path file = source.resolve("unet").resolve("config.json");
    JsonNode heads = json(file).path("attention_head_dim");
    if (!heads.canConvertToInt() || heads.intValue() < 1) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it has no single attention_head_dim",
          "give the rule with --head-rule, for instance CHANNELS_PER_HEAD(32)");
    }
    return "FIXED(" + heads.intValue() + ")";
  }

  private static JsonNode json(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > PackDescription.MAX_BYTES) {
        throw new MaestroException(
            MaestroException.Kind.INPUT,
            file.toString(),
            "there is no such configuration",
            "give the folder as it was published");
      }
      return PackDescription.JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it is not JSON: " + PackDescription.firstLine(e),
          "give the folder as it was published",
          e);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          file.toString(),
          "it cannot be read",
          "check its permissions",
          e);
    }
  }

  @Override
  public void close() {
    opened.forEach(Checkpoint::close);
  }
}
