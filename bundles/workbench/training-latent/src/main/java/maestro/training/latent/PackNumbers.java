package maestro.training.latent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.files.Json;
import maestro.latent.vmunet.UNetConfig;
import maestro.latent.vmunet.VideoConditioning;

/**
 * The numbers of a pack's networks as settings of a training that begins with them: what a recipe
 * leaves out comes from the pack, and what it says must be the same. How the film enters may be
 * another where VM-UNet itself is trained: a published AudioLDM gets its cross-attention so.
 */
final class PackNumbers {
  private static final Pattern HEADS = Pattern.compile("CHANNELS_PER_HEAD\\((\\d+)\\)");

  /** What may differ where VM-UNet and the fusion are trained on. */
  private static final Set<String> FREE = Set.of("videoConditioning", "normalise");

  private PackNumbers() {}

  /**
   * Adds the pack's numbers.
   *
   * @param config settings of the recipe; not changed
   * @throws MaestroException of kind CONFIGURATION when it contradicts the pack
   */
  static ObjectNode into(ObjectNode config, ModelPack pack) {
    ObjectNode whole = config.deepCopy();
    boolean branchAlone = config.path("trains").asText().equals("BRANCH");
    numbers(pack)
        .forEach(
            (name, value) -> {
              JsonNode brought = Json.PLAIN.valueToTree(value);
              JsonNode said = config.get(name);
              if (said != null && !branchAlone && FREE.contains(name)) {
                return;
              }
              if (said != null && !said.toString().equals(brought.toString())) {
                throw new MaestroException(
                    MaestroException.Kind.CONFIGURATION,
                    "training latent-diffusion",
                    name + " is " + said + ", and of pack " + pack.name() + " it is " + brought,
                    "leave it out, or set fromPack to false to begin with new weights");
              }
              whole.set(name, brought);
            });
    return whole;
  }

  private static Map<String, Object> numbers(ModelPack pack) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    pack.part("denoiser").ifPresent(part -> denoiser(part, numbers));
    pack.part("fusion.laff")
        .ifPresent(part -> copy(part, numbers, Map.of("normalise", true), "normalise"));
    pack.part("branch")
        .ifPresent(
            part ->
                copy(
                    part,
                    numbers,
                    Map.of("preWidths", new DiffusionSettings().preWidths),
                    "preWidths"));
    return numbers;
  }

  private static void denoiser(PackPart part, Map<String, Object> numbers) {
    UNetConfig published = UNetConfig.small(VideoConditioning.FILM);
    copy(
        part,
        numbers,
        Map.of(
            "modelChannels", published.modelChannels(),
            "multipliers", published.multipliers(),
            "resBlocks", published.resBlocks(),
            "attentionLevels", published.attentionLevels(),
            "filmWidth", published.filmWidth(),
            "videoConditioning", published.conditioning().name()),
        "modelChannels",
        "multipliers",
        "resBlocks",
        "attentionLevels",
        "filmWidth",
        "videoConditioning");
    Object rule = part.architecture().getOrDefault("headRule", "CHANNELS_PER_HEAD(32)");
    Matcher heads =
        HEADS.matcher(
            rule instanceof Map<?, ?> both
                ? both.get("kind") + "(" + both.get("number") + ")"
                : String.valueOf(rule));
    if (!heads.matches()) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training latent-diffusion",
          "the pack's denoiser has heads by the rule " + rule,
          "a training takes CHANNELS_PER_HEAD(n) alone; use another pack");
    }
    numbers.put("headChannels", Integer.parseInt(heads.group(1)));
  }

  private static void copy(
      PackPart part, Map<String, Object> into, Map<String, Object> otherwise, String... names) {
    for (String name : names) {
      into.put(name, part.architecture().getOrDefault(name, otherwise.get(name)));
    }
  }
}
