package maestro.fusion.laff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import maestro.api.MaestroException;
import maestro.api.film.FilmCondition;
import maestro.api.film.FilmFeature;
import maestro.api.pack.PackPart;
import maestro.api.run.Device;
import maestro.api.run.RunContext;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Weight;
import maestro.networks.Laff;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/**
 * The fusion that one pack was trained with. Which encoders it knows, their widths, the number of
 * heads and whether the mean is added all follow from the names and shapes of its tensors; a
 * network is made for each set of encoders that is asked for.
 */
final class TrainedFusion implements AutoCloseable {
  private static final String TRANSFORMS = "film_encoder.laff.transform.";
  private static final String ATTENTION = "film_encoder.laff.attention_layer.";

  private final NetworkEngine engine;
  private final Device device;
  private final Map<String, Weight> weights;
  private final Map<String, Object> architecture;
  private final Laff.Form form;
  private final Map<List<Laff.Branch>, Network> networks = new ConcurrentHashMap<>();

  TrainedFusion(NetworkEngine engine, PackPart part, Map<String, Weight> weights, Device device) {
    this.engine = engine;
    this.device = device;
    this.weights = weights;
    this.architecture = part.architecture();
    form = form();
  }

  private Laff.Form form() {
    Weight transform =
        weights.entrySet().stream()
            .filter(e -> e.getKey().startsWith(TRANSFORMS) && e.getKey().endsWith("fc1.weight"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(
                () ->
                    new MaestroException(
                        MaestroException.Kind.CONFIGURATION,
                        LaffFusion.NAME,
                        "the weights hold no fusion: nothing is named " + TRANSFORMS + "*",
                        "train one with 'maestro train', or take a pack that has one"));
    int heads = 0;
    while (weights.containsKey(
        ATTENTION + "attention_layer." + heads + ".embedding_common.0.weight")) {
      heads++;
    }
    boolean withAverage =
        weights.keySet().stream().anyMatch(name -> name.contains("global_emb_weight_net"));
    boolean normalise = !Boolean.FALSE.equals(architecture.get("normalise"));
    return new Laff.Form((int) transform.shape()[0], Math.max(1, heads), withAverage, normalise);
  }

  /**
   * The condition, and what it is when the guided encoders say nothing in particular.
   *
   * @param guided encoders the guidance is on; empty for all
   */
  FilmCondition fuse(Map<String, FilmFeature> features, Set<String> guided, RunContext run) {
    Map<String, FilmFeature> neutral = new LinkedHashMap<>(features);
    boolean says = false;
    for (String name : new TreeSet<>(guided)) {
      String encoder = called(name, features.keySet());
      FilmFeature feature = features.get(encoder);
      Object given = entry(encoder).get("neutral");
      if (feature == null) {
        run.remark("no guidance on " + encoder + ", which takes no part");
      } else if (given == null) {
        run.remark("no guidance on " + encoder + " alone: the pack has no neutral feature of it");
      } else {
        float[] nothing = numbers(encoder, given);
        says |= !Arrays.equals(feature.vector(), nothing);
        neutral.put(encoder, FilmFeature.of(nothing));
      }
    }
    FilmCondition condition = fuse(features);
    Optional<float[]> unguided = says ? Optional.of(fuse(neutral).vector()) : Optional.empty();
    return new FilmCondition(condition.vector(), unguided, condition.weights());
  }

  /** The encoder of a name, which may be given without its kind; the name itself for none. */
  private static String called(String name, Set<String> encoders) {
    return encoders.stream()
        .filter(encoder -> encoder.substring(encoder.indexOf('.') + 1).equals(name))
        .findFirst()
        .orElse(name);
  }

  /** Refuses encoders it was not trained with. */
  void check(Set<String> encoders) {
    encoders.forEach(this::branch);
  }

  private float[] numbers(String encoder, Object neutral) {
    int width = branch(encoder).width();
    if (!(neutral instanceof List<?> given)
        || given.size() != width
        || !given.stream().allMatch(Number.class::isInstance)) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          LaffFusion.NAME,
          "the pack's neutral feature of " + encoder + " is not " + width + " numbers",
          "mend it in pack.json, or set guided to nothing");
    }
    float[] numbers = new float[width];
    for (int i = 0; i < width; i++) {
      numbers[i] = ((Number) given.get(i)).floatValue();
    }
    return numbers;
  }

  private FilmCondition fuse(Map<String, FilmFeature> features) {
    List<String> encoders = List.copyOf(features.keySet());
    List<Laff.Branch> branches = new ArrayList<>();
    Map<String, FloatTensor> inputs = new LinkedHashMap<>();
    for (String encoder : encoders) {
      Laff.Branch branch = branch(encoder);
      branches.add(branch);
      inputs.put(branch.name(), input(encoder, branch, features.get(encoder).vector()));
    }
    Map<String, FloatTensor> fused =
        networks.computeIfAbsent(List.copyOf(branches), this::open).run(inputs);
    Map<String, Double> shares = new LinkedHashMap<>();
    for (int i = 0; i < encoders.size(); i++) {
      shares.put(encoders.get(i), (double) fused.get("shares").values()[i]);
    }
    return new FilmCondition(fused.get("condition").values(), shares);
  }

  private Network open(List<Laff.Branch> branches) {
    List<NetworkInput> inputs =
        branches.stream().map(branch -> NetworkInput.of(branch.name(), 1, branch.width())).toList();
    NetworkSource source =
        new NetworkSource(
            LaffFusion.NAME,
            () -> new Laff(branches, form),
            inputs,
            List.of("condition", "shares"),
            weights);
    return engine.open(source, device);
  }

  private FloatTensor input(String encoder, Laff.Branch branch, float[] feature) {
    if (feature.length != branch.width()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          LaffFusion.NAME,
          encoder
              + " gives "
              + feature.length
              + " numbers, the weights were trained with "
              + branch.width(),
          "change the settings of " + encoder + " or choose another pack");
    }
    float scale = number(encoder, "scale", 1);
    float[] scaled = new float[feature.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = feature[i] * scale;
    }
    return FloatTensor.of(scaled, 1, feature.length);
  }

  private Laff.Branch branch(String encoder) {
    String name = nameOf(encoder);
    Weight transform = weights.get(Laff.Branch.transform(name) + ".weight");
    if (transform == null) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          LaffFusion.NAME,
          "the weights were not trained with " + encoder + ", only with " + known(),
          "leave "
              + encoder
              + " out, choose another pack, or train a fusion that knows it as"
              + " docs/tutorial-encoder.md shows");
    }
    Weight embedding = weights.get(Laff.Branch.embedding(name) + ".weight");
    long width = (embedding == null ? transform : embedding).shape()[1];
    return new Laff.Branch(name, (int) width, embedding != null);
  }

  private String known() {
    return weights.keySet().stream()
        .filter(name -> name.startsWith(TRANSFORMS) && name.endsWith(".fc1.weight"))
        .map(name -> name.substring(TRANSFORMS.length(), name.length() - ".fc1.weight".length()))
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }

  private String nameOf(String encoder) {
    Object name = entry(encoder).get("name");
    return name instanceof String given ? given : Laff.Branch.nameOf(encoder);
  }

  private float number(String encoder, String key, float otherwise) {
    return entry(encoder).get(key) instanceof Number number ? number.floatValue() : otherwise;
  }

  /** What the architecture says of an encoder, or nothing. */
  private Map<?, ?> entry(String encoder) {
    return architecture.get("encoders") instanceof Map<?, ?> encoders
            && encoders.get(encoder) instanceof Map<?, ?> entry
        ? entry
        : Map.of();
  }

  @Override
  public void close() {
    networks.values().forEach(Network::close);
    networks.clear();
  }
}
