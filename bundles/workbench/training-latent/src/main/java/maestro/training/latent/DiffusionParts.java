package maestro.training.latent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.checkpoint.Weight;
import maestro.latent.vmunet.ControlBranch;
import maestro.latent.vmunet.Denoiser;
import maestro.latent.vmunet.UNetConfig;
import maestro.networks.Laff;
import maestro.training.Parts;
import maestro.training.TrainedPart;

/** What the training of the diffusion model leaves in a pack, by the names that runs read. */
record DiffusionParts(UNetConfig unetConfig, DiffusionSettings settings, Examples.Source source) {
  private static final String DENOISER = "denoiser";
  private static final String LAFF = "fusion.laff";
  private static final String BRANCH_PREFIX = Denoiser.BRANCH + ".";

  /** The parts of the networks as they are. */
  List<TrainedPart> of(Denoiser denoiser, Laff laff) {
    List<TrainedPart> parts = new ArrayList<>();
    List<Weight> unet = new ArrayList<>();
    List<Weight> own = new ArrayList<>();
    for (Weight weight : Parts.weights(denoiser)) {
      (weight.name().startsWith(BRANCH_PREFIX) ? own : unet).add(weight);
    }
    if (settings.trains != DiffusionSettings.Trains.BRANCH) {
      Map<String, Object> architecture = new LinkedHashMap<>();
      architecture.put("latentChannels", unetConfig.latentChannels());
      architecture.put("modelChannels", unetConfig.modelChannels());
      architecture.put("multipliers", unetConfig.multipliers());
      architecture.put("resBlocks", unetConfig.resBlocks());
      architecture.put("attentionLevels", unetConfig.attentionLevels());
      architecture.put("headRule", "CHANNELS_PER_HEAD(" + settings.headChannels + ")");
      architecture.put("filmWidth", unetConfig.filmWidth());
      architecture.put("videoConditioning", unetConfig.conditioning().name());
      architecture.put("nullCondition", "zero");
      parts.add(new TrainedPart(DENOISER, unet, architecture));
      parts.add(fusion(laff));
    }
    if (!own.isEmpty()) {
      parts.add(branchPart(own));
    }
    return parts;
  }

  private TrainedPart fusion(Laff laff) {
    Map<String, Object> encoders = new LinkedHashMap<>();
    source
        .conditions()
        .encoders()
        .forEach((encoder, width) -> encoders.put(encoder, entry(Laff.Branch.of(encoder, width))));
    if (settings.composers) {
      Map<String, Object> entry = entry(Laff.Branch.of(Composers.ENCODER, Composers.WIDTH));
      entry.put("labels", source.composers().labels());
      if (settings.composerDropping > 0) {
        entry.put("neutral", Composers.nobody());
      }
      encoders.put(Composers.ENCODER, entry);
    }
    Map<String, Object> architecture = new LinkedHashMap<>();
    architecture.put("width", settings.filmWidth);
    architecture.put("heads", 1);
    architecture.put("normalise", settings.normalise);
    architecture.put("encoders", encoders);
    architecture.putAll(source.conditions().architecture());
    return new TrainedPart(LAFF, Parts.weights(laff), architecture);
  }

  private static Map<String, Object> entry(Laff.Branch branch) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", branch.name());
    entry.put("width", branch.width());
    entry.put("embedded", branch.embedded());
    return entry;
  }

  /** With adapters, what they left as it was is not stored: a reader takes it from the denoiser. */
  private TrainedPart branchPart(List<Weight> own) {
    Map<String, Object> named = new LinkedHashMap<>();
    source
        .controls()
        .forEach(
            (name, control) ->
                named.put(
                    name,
                    Map.of(
                        "channels",
                        control.channels(),
                        "mean",
                        control.scale().mean(),
                        "deviation",
                        control.scale().deviation())));
    Map<String, Object> architecture = new LinkedHashMap<>();
    architecture.put("controls", named);
    architecture.put("preWidths", settings.preWidths);
    architecture.put("injection", "LEVELS");
    List<Weight> stored = own;
    if (settings.loraRank > 0) {
      architecture.put("lora", Map.of("alpha", settings.loraRank));
      stored =
          own.stream()
              .filter(
                  weight ->
                      ControlBranch.trainedWithLora(
                          weight.name().substring(BRANCH_PREFIX.length())))
              .toList();
    }
    return new TrainedPart("branch", stored, architecture);
  }
}
