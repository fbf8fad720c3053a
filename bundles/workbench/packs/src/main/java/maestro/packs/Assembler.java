package maestro.packs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.checkpoint.AudioLdmNames;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.CheckpointException;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.Weight;
import maestro.checkpoint.WeightNames;
import maestro.checkpoint.WeightReport;
import maestro.checkpoint.WrappedNames;

/**
 * Makes a pack from published files: what training put before the names comes off, names become
 * ours, averaged copies are chosen, weight normalisation is folded, all numbers become single
 * precision, and every part must hold exactly the tensors of its architecture. The files stay open
 * until the assembler is closed.
 */
final class Assembler implements AutoCloseable {
  private static final String SCHEDULE = "alphas_cumprod";

  /** What files of transformers and diffusers are called. */
  private static final List<String> STEMS =
      List.of("model", "pytorch_model", "diffusion_pytorch_model");

  private static final List<String> DIFFUSERS = List.of("diffusion_pytorch_model");

  /** Names by which a file of a network is known, one or another of each list. */
  private static final Map<String, List<String>> MARKS = marks();

  private final PackBuilder builder;
  private final PartShapes shapes;
  private final Watcher watcher;
  private final Averaging averaging;
  private final List<PublishedFile> opened = new ArrayList<>();
  private final Set<String> remarks = new LinkedHashSet<>();

  /**
   * An assembler of one pack.
   *
   * @param shapes what tensors the parts must have
   * @param averaging which copy of the weights, where a file has two; a file without an average is
   *     refused under EMA by the denoiser alone
   */
  Assembler(PackBuilder builder, PartShapes shapes, Averaging averaging, Watcher watcher) {
    this.shapes = shapes;
    this.builder = builder;
    this.watcher = watcher;
    this.averaging = averaging;
  }

  private static Map<String, List<String>> marks() {
    Map<String, List<String>> marks = new LinkedHashMap<>();
    marks.put(Architectures.DENOISER, AudioLdmNames.UNET);
    marks.put(Architectures.VAE, AudioLdmNames.VAE);
    marks.put(Architectures.HIFIGAN, AudioLdmNames.HIFIGAN);
    marks.put(Architectures.CLIP, ClipNames.IMAGE_TOWER);
    marks.put(Architectures.TAVAR, List.of("AttrNet.resnet.conv1.weight"));
    marks.put(Architectures.WECL, List.of("ta_net.fc.weight"));
    marks.put(Architectures.VGGISH, List.of("features.0.weight"));
    marks.put(Architectures.CNN14, List.of("conv_block1.conv1.weight"));
    return marks;
  }

  /** What was taken off names and chosen, for people. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /**
   * Takes denoiser, VAE and vocoder from an original AudioLDM checkpoint or a diffusers folder.
   *
   * @param source the {@code .ckpt}, or the folder with {@code unet}, {@code vae} and {@code
   *     vocoder}
   * @param headRule heads of the denoiser's attention, or null for what the source means
   * @param scaleFactor of the latents, or null to read it from the source
   */
  void audioLdm(Path source, String headRule, Double scaleFactor) {
    if (Files.isDirectory(source) && !PublishedFile.isIn(source, STEMS)) {
      PublishedFile unet = open(inside(source, "unet"), DIFFUSERS, Architectures.DENOISER);
      PublishedFile vae = open(inside(source, "vae"), DIFFUSERS, Architectures.VAE);
      denoiser(unet, headRule == null ? diffusersHeads(source) : headRule);
      vae(vae, scaleFactor == null ? diffusersScale(source) : scaleFactor);
      vocoder(inside(source, "vocoder"));
      return;
    }
    PublishedFile all =
        open(
            source,
            STEMS,
            Architectures.DENOISER + ", " + Architectures.VAE + ", " + Architectures.HIFIGAN);
    denoiser(all, headRule);
    vae(all, scaleFactor == null ? storedScale(all) : scaleFactor);
    if (find(Architectures.HIFIGAN, all).isPresent()) {
      vocoder(all);
    }
  }

  private static Path inside(Path source, String name) {
    Path folder = source.resolve(name);
    if (!Files.isDirectory(folder)) {
      throw refused(
          source.toString(),
          "it holds neither weights nor a folder " + name,
          "give an original .ckpt, or the folder as diffusers writes it");
    }
    return folder;
  }

  /** Takes the vocoder from a file or folder of its own. */
  void vocoder(Path source) {
    vocoder(open(source, STEMS, Architectures.HIFIGAN));
  }

  /** Takes CLIP's image tower from OpenAI's file or from a folder or file of transformers. */
  void clip(Path source) {
    PublishedFile file = open(source, STEMS, Architectures.CLIP);
    Map<String, Weight> weights = ClipNames.toOpenAi(network(Architectures.CLIP, file));
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
  void tavar(Path source) {
    alone(Architectures.TAVAR, source);
  }

  /** Takes CTEN in either variant. */
  void cten(Path source) {
    PublishedFile file = open(source, STEMS, Architectures.WECL);
    Map<String, Weight> weights = network(Architectures.WECL, file);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("segments", (int) shape(file, weights, "ta_net.fc.weight", 2)[0]);
    numbers.put("classes", (int) shape(file, weights, "fc.weight", 2)[0]);
    numbers.put("sound", WeightNames.has(weights, "a_resnet."));
    add(Architectures.WECL, file, weights, numbers);
  }

  /** Takes VGGish. */
  void vggish(Path source) {
    alone(Architectures.VGGISH, source);
  }

  /** Takes PANNs Cnn14; its stored front end, which is computed here, is left out. */
  void panns(Path source) {
    alone(Architectures.CNN14, source);
  }

  /** A network of one size, by its own names. */
  private void alone(String part, Path source) {
    PublishedFile file = open(source, STEMS, part);
    add(part, file, network(part, file), Map.of());
  }

  private void denoiser(PublishedFile file, String headRule) {
    Map<String, Weight> weights = AudioLdmNames.unet(network(Architectures.DENOISER, file));
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
    WrappedNames.beside(file.weights(), SCHEDULE)
        .filter(schedule -> schedule.shape().length == 1)
        .ifPresent(schedule -> fitted.put(SCHEDULE, schedule.named(SCHEDULE)));
    put(Architectures.DENOISER, fitted.values(), numbers);
  }

  private void vae(PublishedFile file, double scaleFactor) {
    Map<String, Weight> weights = AudioLdmNames.vae(network(Architectures.VAE, file));
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("latentChannels", (int) shape(file, weights, "decoder.conv_in.weight", 4)[1]);
    numbers.put("channels", (int) shape(file, weights, "encoder.conv_in.weight", 4)[0]);
    numbers.put("scaleFactor", scaleFactor);
    add(Architectures.VAE, file, weights, numbers);
  }

  private void vocoder(PublishedFile file) {
    Map<String, Weight> weights = AudioLdmNames.hifigan(network(Architectures.HIFIGAN, file));
    long[] entry = shape(file, weights, "conv_pre.weight", 3);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("bands", (int) entry[1]);
    numbers.put("channels", (int) entry[0]);
    add(Architectures.HIFIGAN, file, weights, numbers);
  }

  private void add(
      String part, PublishedFile file, Map<String, Weight> weights, Map<String, Object> numbers) {
    put(part, fitted(part, file, weights, numbers).values(), numbers);
  }

  private Map<String, Weight> fitted(
      String part, PublishedFile file, Map<String, Weight> weights, Map<String, Object> numbers) {
    Map<String, long[]> needed = shapes.needed(part, numbers);
    return WeightReport.fitted(part + " from " + file.label(), needed, weights);
  }

  private void put(String part, Collection<Weight> weights, Map<String, Object> numbers) {
    builder.part(part, weights.stream().map(Weight::toSingle).toList(), numbers);
  }

  private PublishedFile open(Path source, List<String> stems, String parts) {
    PublishedFile file = PublishedFile.open(source, averaging, stems);
    opened.add(file);
    for (Path path : file.files()) {
      String digest = Digests.of(path, "reading " + path.getFileName(), watcher);
      builder.origin(parts + ": " + path.getFileName() + ", SHA-256 " + digest);
    }
    file.remark().ifPresent(remark -> remark(parts + ": " + remark));
    return file;
  }

  private void remark(String sentence) {
    if (remarks.add(sentence)) {
      builder.origin(sentence);
    }
  }

  private Optional<WrappedNames> find(String part, PublishedFile file) {
    boolean anyCopy = averaging == Averaging.EMA && !part.equals(Architectures.DENOISER);
    return WrappedNames.find(
        part + " from " + file.label(),
        file.weights(),
        anyCopy ? Averaging.AUTO : averaging,
        MARKS.get(part));
  }

  /** The tensors of one network without what training put before their names. */
  private Map<String, Weight> network(String part, PublishedFile file) {
    WrappedNames found = find(part, file).orElseThrow(() -> anotherNetwork(part, file));
    found.remark().ifPresent(words -> remark(part + " from " + file.label() + ": " + words));
    return found.weights();
  }

  private static MaestroException anotherNetwork(String part, PublishedFile file) {
    Map<String, Weight> weights = file.weights();
    Optional<String> prefix = WrappedNames.unknownPrefix(weights, MARKS.get(part));
    if (prefix.isPresent()) {
      return refused(
          file.label(),
          "its tensors for "
              + part
              + " have "
              + CheckpointException.quote(prefix.get())
              + " before their names, which is not known",
          "save the network's own state_dict");
    }
    String others =
        MARKS.entrySet().stream()
            .filter(
                other ->
                    weights.keySet().stream()
                        .anyMatch(
                            name ->
                                other.getValue().stream()
                                    .anyMatch(
                                        mark -> name.equals(mark) || name.endsWith("." + mark))))
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(" and "));
    return refused(
        file.label(),
        "this is another network than "
            + part
            + (others.isEmpty() ? "" : ", it looks like " + others)
            + ": of its "
            + weights.size()
            + " tensors none is called "
            + String.join(" or ", MARKS.get(part))
            + ", the first is "
            + weights.keySet().stream().findFirst().map(CheckpointException::quote).orElse("none"),
        "give the file this option is for");
  }

  private static long[] shape(
      PublishedFile file, Map<String, Weight> weights, String name, int axes) {
    Weight weight = weights.get(name);
    if (weight == null || weight.shape().length != axes) {
      throw refused(
          file.label(),
          "there is no tensor "
              + name
              + " of "
              + axes
              + " axes"
              + (weight == null ? "" : " but one of " + Weight.shapeText(weight.shape()))
              + ", so this is another network",
          "give the file this option is for");
    }
    return weight.shape();
  }

  private static double storedScale(PublishedFile file) {
    return WrappedNames.beside(file.weights(), "scale_factor")
        .filter(scale -> scale.elements() == 1)
        .orElseThrow(
            () -> refused(file.label(), "it holds no scale_factor", "give it with --scale-factor"))
        .toFloats()[0];
  }

  private static MaestroException refused(String part, String cause, String next) {
    return new MaestroException(MaestroException.Kind.INPUT, part, cause, next);
  }

  private static double diffusersScale(Path source) {
    Path file = source.resolve("vae").resolve("config.json");
    JsonNode scale = json(file).path("scaling_factor");
    if (!scale.isNumber()) {
      throw refused(file.toString(), "it has no scaling_factor", "give it with --scale-factor");
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
      throw refused(
          file.toString(),
          "it has no single attention_head_dim",
          "give the rule with --head-rule, for instance CHANNELS_PER_HEAD(32)");
    }
    return "FIXED(" + heads.intValue() + ")";
  }

  private static JsonNode json(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > PackDescription.MAX_BYTES) {
        throw refused(
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
    opened.forEach(PublishedFile::close);
  }
}
