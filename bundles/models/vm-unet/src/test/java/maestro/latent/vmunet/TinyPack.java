package maestro.latent.vmunet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.pack.PackPart;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.TestPack;

/** Packs of the small networks, filled by rule, in a folder. */
final class TinyPack {
  private static final Map<String, Object> DENOISER =
      Map.of(
          "modelChannels",
          32,
          "filmWidth",
          16,
          "videoConditioning",
          "CROSS_ATTENTION",
          "headRule",
          Map.of("kind", "CHANNELS_PER_HEAD", "number", 32));
  private static final Map<String, Object> BRANCH =
      Map.of(
          "controls",
          Map.of("melody", Map.of("channels", 12), "dynamics", Map.of("channels", 1)),
          "preWidths",
          List.of(16, 32));

  private TinyPack() {}

  /** With the branch inside the denoiser's part. */
  static TestPack withBranch(Path folder) {
    UNetConfig config = Tiny.unet(VideoConditioning.CROSS_ATTENTION);
    Denoiser denoiser = new Denoiser(new UNet(config), new ControlBranch(config, Tiny.controls()));
    Map<String, Object> architecture = new LinkedHashMap<>(DENOISER);
    architecture.putAll(BRANCH);
    return TestPack.of(
        part(folder, "denoiser", CompiledTest.weights(denoiser, "unet."), architecture),
        vae(folder));
  }

  /** Without a branch. */
  static TestPack plain(Path folder) {
    return TestPack.of(plainDenoiser(folder), vae(folder));
  }

  private static PackPart plainDenoiser(Path folder) {
    UNet unet = new UNet(Tiny.unet(VideoConditioning.CROSS_ATTENTION));
    return part(folder, "denoiser", CompiledTest.weights(unet, "unet."), DENOISER);
  }

  /** With a branch of its own part that holds adapters, and not what they sit on. */
  static TestPack withAdapters(Path folder, boolean merged) {
    ControlBranch branch =
        new ControlBranch(Tiny.unet(VideoConditioning.CROSS_ATTENTION), Tiny.controls());
    branch.attachLora(4, 8);
    Map<String, Weight> stored = new LinkedHashMap<>();
    CompiledTest.weights(branch, "branch.")
        .forEach(
            (name, weight) -> {
              if (ControlBranch.trainedWithLora(name)) {
                stored.put(name, weight);
              }
            });
    if (merged) {
      Map<String, Weight> all =
          new LinkedHashMap<>(
              CompiledTest.weights(
                  new UNet(Tiny.unet(VideoConditioning.CROSS_ATTENTION)), "unet."));
      all.putAll(stored);
      stored.clear();
      stored.putAll(LoraWeights.merged(all, 8));
    }
    Map<String, Object> architecture = new LinkedHashMap<>(BRANCH);
    architecture.put("lora", Map.of("alpha", 8));
    return TestPack.of(
        plainDenoiser(folder), part(folder, "branch", stored, architecture), vae(folder));
  }

  static PackPart vae(Path folder) {
    MusicVae vae = new MusicVae(VaeConfig.of(32));
    return part(
        folder,
        "vae",
        CompiledTest.weights(vae, "vae."),
        Map.of("channels", 32, "scaleFactor", 0.5));
  }

  private static PackPart part(
      Path folder, String name, Map<String, Weight> weights, Map<String, Object> architecture) {
    Path file = folder.resolve(name + "-" + weights.size() + ".safetensors");
    List<Weight> named = new ArrayList<>();
    weights.forEach((key, weight) -> named.add(weight.named(key)));
    Safetensors.write(file, named, Map.of());
    return new PackPart(name, file, name, architecture);
  }

  /** A tensor by name, for tests that compare. */
  static float[] film() {
    return FillRule.random("input:film", 16);
  }
}
