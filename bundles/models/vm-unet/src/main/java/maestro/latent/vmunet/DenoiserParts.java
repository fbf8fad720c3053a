package maestro.latent.vmunet;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maestro.api.MaestroException;
import maestro.api.latent.Denoiser.ControlFormat;
import maestro.api.latent.Denoiser.Format;
import maestro.api.latent.NetworkPart;
import maestro.api.latent.NoiseSchedule;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Weight;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/**
 * What a pack says about VM-UNet and its branch, and the networks made of them.
 *
 * <p>Parts and their architecture numbers, those left out being AudioLDM-S's:
 *
 * <ul>
 *   <li>{@code denoiser}: VM-UNet by AudioLDM's names; {@code latentChannels, modelChannels,
 *       multipliers, resBlocks, attentionLevels, filmWidth, videoConditioning}, {@code headRule}
 *       CHANNELS_PER_HEAD(n) or FIXED(n), {@code nullCondition} zero, or learned with a tensor
 *       {@code null_condition}, {@code schedule} {timesteps, betaStart, betaEnd} unless there is a
 *       tensor {@code alphas_cumprod};
 *   <li>the branch, tensors {@code s_control.*} in the same part or in one of its own, {@code
 *       branch}: {@code controls} {name: {channels, mean, deviation}}, {@code preWidths, injection,
 *       conditioningScale}, {@code lora} {alpha} for adapters that are not merged yet. What a
 *       branch trained with adapters left as it was is taken from the denoiser. The mean and the
 *       deviation of a control over the training set stand in the part {@code branch} alone; a
 *       control without them is fed as it is.
 * </ul>
 */
final class DenoiserParts {
  private static final String NULL_CONDITION = "null_condition";
  private static final String BRANCH_PREFIX = Denoiser.BRANCH + ".";
  private static final Pattern HEAD_RULE =
      Pattern.compile("(CHANNELS_PER_HEAD|FIXED)\\((\\d{1,4})\\)");

  final UNetConfig unet;
  final ControlConfig controls; // null without a branch
  final NoiseSchedule schedule;
  final float[] nullCondition;
  private final float[] conditioningScales;
  private final Map<String, Weight> weights;
  private final Map<String, ControlNet> nets = new TreeMap<>();

  private DenoiserParts(PackPart denoiser, Optional<PackPart> branch) {
    Description description = new Description(denoiser);
    unet = unet(description);
    weights = new LinkedHashMap<>(PackParts.weights(denoiser));
    nullCondition = nullCondition(description);
    schedule = schedule(description.inside("schedule"), weights);
    Description branchDescription = branch.map(Description::new).orElse(description);
    if (branchDescription.has("controls")) {
      controls = controls(branchDescription);
      conditioningScales = scales(branchDescription, unet.inputBlocks() + 1);
      Map<String, Weight> own =
          branch.isPresent() ? PackParts.weights(branch.get()) : branchOf(weights);
      weights.putAll(branchWeights(own, branchDescription, weights));
    } else {
      controls = null;
      conditioningScales = null;
    }
  }

  /**
   * Reads a pack.
   *
   * @throws MaestroException of kind CONFIGURATION when it lacks a part
   */
  static DenoiserParts of(PackParts pack) {
    return new DenoiserParts(pack.part("denoiser"), pack.optional("branch"));
  }

  /**
   * Adds control nets of other bundles.
   *
   * @param parts by the plugin that brings them
   * @throws MaestroException of kind CONFIGURATION when one is none for this network
   */
  DenoiserParts with(Map<String, NetworkPart> parts) {
    parts.forEach(
        (plugin, part) -> {
          if (!(part instanceof ControlNet net)) {
            throw new MaestroException(
                MaestroException.Kind.CONFIGURATION,
                plugin,
                "its " + part.getClass().getSimpleName() + " is no control net for VM-UNet",
                "leave it out, or use the denoiser it was made for");
          }
          nets.put(plugin, net);
          String prefix = Denoiser.prefix(plugin);
          net.weights(unet)
              .forEach((name, weight) -> weights.put(prefix + name, weight.named(prefix + name)));
        });
    return this;
  }

  /** What the model of a pack was made for; reads no weights. */
  static Format format(PackParts pack) {
    Description denoiser = new Description(pack.part("denoiser"));
    Optional<Description> own = pack.optional("branch").map(Description::new);
    UNetConfig unet = unet(denoiser);
    Map<String, ControlFormat> formats = new LinkedHashMap<>();
    Description branch = own.orElse(denoiser);
    if (branch.has("controls")) {
      controls(branch)
          .controls()
          .forEach(
              (name, channels) ->
                  formats.put(
                      name,
                      own.map(part -> part.inside("controls").inside(name))
                          .map(control -> control(channels, control))
                          .orElse(new ControlFormat(channels, 0, 1))));
    }
    return new Format(unet.latentChannels(), unet.filmWidth(), formats);
  }

  private static ControlFormat control(int channels, Description d) {
    double deviation = d.number("deviation", 1);
    return deviation > 0
        ? new ControlFormat(channels, d.number("mean", 0), deviation)
        : new ControlFormat(channels, 0, 1);
  }

  /** The U-Net that a description says. */
  static UNetConfig unet(Description d) {
    try {
      return new UNetConfig(
          d.integer("latentChannels", 8),
          d.integer("modelChannels", 128),
          d.integers("multipliers", List.of(1, 2, 3, 5)),
          d.integer("resBlocks", 2),
          d.integers("attentionLevels", List.of(1, 2, 3)),
          headRule(d),
          d.integer("filmWidth", 512),
          choice(d, "videoConditioning", VideoConditioning.FILM));
    } catch (IllegalArgumentException e) {
      throw d.refused(e.getMessage(), e);
    }
  }

  /** Either {kind, number} or in one word, {@code CHANNELS_PER_HEAD(32)}. */
  private static HeadRule headRule(Description d) {
    if (d.isText("headRule")) {
      String word = d.text("headRule", "");
      Matcher rule = HEAD_RULE.matcher(word);
      if (!rule.matches()) {
        throw d.refused("headRule", word, "CHANNELS_PER_HEAD(n) or FIXED(n)");
      }
      return new HeadRule(HeadRule.Kind.valueOf(rule.group(1)), Integer.parseInt(rule.group(2)));
    }
    Description rule = d.inside("headRule");
    return new HeadRule(
        choice(rule, "kind", HeadRule.Kind.CHANNELS_PER_HEAD), rule.integer("number", 32));
  }

  private static <E extends Enum<E>> E choice(Description d, String key, E otherwise) {
    String text = d.text(key, otherwise.name());
    for (E one : otherwise.getDeclaringClass().getEnumConstants()) {
      if (one.name().equals(text.toUpperCase(Locale.ROOT))) {
        return one;
      }
    }
    throw d.refused(
        key, text, "one of " + List.of(otherwise.getDeclaringClass().getEnumConstants()));
  }

  private float[] nullCondition(Description d) {
    String kind = d.text("nullCondition", "zero");
    if (kind.equals("zero")) {
      return new float[unet.filmWidth()];
    }
    Weight learned = weights.get(NULL_CONDITION);
    if (!kind.equals("learned") || learned == null || learned.elements() != unet.filmWidth()) {
      throw d.refused(
          "nullCondition",
          kind,
          "zero, or learned with a tensor null_condition of the film's width");
    }
    return learned.toFloats();
  }

  private static NoiseSchedule schedule(Description d, Map<String, Weight> weights) {
    Weight stored = weights.get("alphas_cumprod");
    if (stored != null) {
      float[] values = stored.toFloats();
      double[] alphaBar = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        alphaBar[i] = values[i];
      }
      return NoiseSchedule.of(alphaBar);
    }
    try {
      return NoiseSchedule.scaledLinear(
          d.integer("timesteps", 1000), d.number("betaStart", 0.0015), d.number("betaEnd", 0.0195));
    } catch (IllegalArgumentException e) {
      throw d.refused(e.getMessage(), e);
    }
  }

  /** The branch that a description says. */
  static ControlConfig controls(Description d) {
    Description named = d.inside("controls");
    Map<String, Integer> channels = new LinkedHashMap<>();
    for (String name : new TreeSet<>(named.keys())) { // one order of summing, whoever read the file
      int count = named.inside(name).integer("channels", 0);
      if (count < 1) {
        throw d.refused("controls." + name + ".channels", count, "1 or more");
      }
      channels.put(name, count);
    }
    if (channels.isEmpty()) {
      throw d.refused("controls", "empty", "an object with an entry for each control");
    }
    try {
      return new ControlConfig(
          channels,
          d.integers("preWidths", ControlConfig.paper().preWidths()),
          choice(d, "injection", ControlConfig.Injection.LEVELS));
    } catch (IllegalArgumentException e) {
      throw d.refused(e.getMessage(), e);
    }
  }

  private static float[] scales(Description d, int count) {
    float[] scales = d.numbers("conditioningScale");
    if (scales == null || (scales.length == 1 && scales[0] == 1)) {
      return null;
    }
    if (scales.length == 1) {
      float[] all = new float[count];
      java.util.Arrays.fill(all, scales[0]);
      return all;
    }
    if (scales.length != count) {
      throw d.refused("conditioningScale", scales.length + " numbers", "one number or " + count);
    }
    return scales;
  }

  private static Map<String, Weight> branchOf(Map<String, Weight> weights) {
    Map<String, Weight> own = new LinkedHashMap<>();
    weights.forEach(
        (name, weight) -> {
          if (name.startsWith(BRANCH_PREFIX)) {
            own.put(name, weight);
          }
        });
    return own;
  }

  /**
   * The branch's own tensors, adapters merged; the copied part that it lacks comes from the
   * denoiser.
   */
  private Map<String, Weight> branchWeights(
      Map<String, Weight> stored, Description d, Map<String, Weight> denoiser) {
    Map<String, Weight> own = new LinkedHashMap<>();
    stored.forEach((name, weight) -> own.put(LoraWeights.plainName(name), weight));
    for (var parameter : new ControlBranch(unet, controls).getParameters()) {
      String name = parameter.getKey();
      if (!own.containsKey(name)
          && !ControlBranch.trainedWithLora(name)
          && denoiser.containsKey(name)) {
        own.put(name, denoiser.get(name));
      }
    }
    Description lora = d.inside("lora");
    Map<String, Weight> merged = LoraWeights.merged(own, lora.number("alpha", Double.NaN));
    Map<String, Weight> named = new LinkedHashMap<>();
    merged.forEach(
        (name, weight) -> named.put(BRANCH_PREFIX + name, weight.named(BRANCH_PREFIX + name)));
    return named;
  }

  /** Channels of each control, in order; empty without a branch or another control net. */
  Map<String, Integer> controlChannels() {
    return controlChannels(true);
  }

  /** The same with the branch's or without. */
  Map<String, Integer> controlChannels(boolean withBranch) {
    Map<String, Integer> channels = new LinkedHashMap<>();
    if (withBranch && controls != null) {
      channels.putAll(controls.controls());
    }
    nets.values()
        .forEach(
            net ->
                new TreeMap<>(net.controls())
                    .forEach((name, control) -> channels.put(name, control.channels())));
    return channels;
  }

  /** Frames of a control in one column of the latent. */
  int framesInPlace() {
    return controls == null ? ControlConfig.paper().framesInPlace() : controls.framesInPlace();
  }

  private Denoiser denoiser(boolean withBranch) {
    UNet network = new UNet(unet);
    Denoiser denoiser =
        withBranch
            ? new Denoiser(network, new ControlBranch(unet, controls), conditioningScales)
            : new Denoiser(network);
    nets.forEach(denoiser::with);
    return denoiser;
  }

  /**
   * {@code latent [B, C, T, F]}, {@code timestep [B]}, {@code film [B, W]} and the controls; gives
   * {@code eps}.
   */
  NetworkSource denoiserSource(boolean withBranch) {
    List<NetworkInput> inputs = latentInputs();
    inputs.add(NetworkInput.of("film", -1, unet.filmWidth()));
    addControls(inputs, withBranch);
    return source("denoiser", () -> denoiser(withBranch), inputs, "eps");
  }

  /**
   * The same with {@code null_film [B, W]} and {@code guidance_scale [1]}.
   *
   * @param guidedControls controls that the guidance is on, too
   */
  NetworkSource guidedSource(boolean withBranch, Set<String> guidedControls) {
    List<NetworkInput> inputs = latentInputs();
    inputs.add(NetworkInput.of("film", -1, unet.filmWidth()));
    inputs.add(NetworkInput.of("null_film", -1, unet.filmWidth()));
    inputs.add(NetworkInput.of("guidance_scale", 1));
    addControls(inputs, withBranch);
    return source(
        "guided-denoiser",
        () -> new GuidedDenoiser(denoiser(withBranch), guidedControls),
        inputs,
        "eps");
  }

  private List<NetworkInput> latentInputs() {
    List<NetworkInput> inputs = new ArrayList<>();
    inputs.add(NetworkInput.of("latent", -1, unet.latentChannels(), -1, -1));
    inputs.add(NetworkInput.of("timestep", -1));
    return inputs;
  }

  private void addControls(List<NetworkInput> inputs, boolean withBranch) {
    controlChannels(withBranch)
        .forEach((name, channels) -> inputs.add(NetworkInput.of(name, -1, channels, -1, 1)));
  }

  private NetworkSource source(
      String name, Supplier<? extends Block> block, List<NetworkInput> inputs, String output) {
    return new NetworkSource(name, block, inputs, List.of(output), weights);
  }
}
