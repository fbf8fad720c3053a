package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import maestro.api.MaestroException;
import maestro.api.host.PluginNames;
import maestro.api.pack.PackPart;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Averaging;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.ClipNames;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On networks of the tiny size, whose names are those of the published ones. */
class AssemblerTest {
  @TempDir static Path shared;
  private static PackFolder tiny;
  @TempDir Path folder;

  @BeforeAll
  static void fillByRule() {
    Path made =
        SyntheticPack.builder("tiny", SyntheticPack.Size.TINY, List.of(), "FILM")
            .writeTo(shared, false, Watcher.NONE);
    tiny = PackFolder.open(made, PluginNames.NONE);
  }

  @Test
  void theSyntheticPackIsGoodAndSaysThatItIsUntrained() {
    assertThat(tiny.untrained()).isTrue();
    assertThat(tiny.parts())
        .containsExactly(
            "denoiser", "branch", "vae", "vocoder.hifigan", "encoder.clip", "fusion.laff");
    assertThat(PackVerifier.verify(tiny, Watcher.NONE))
        .allSatisfy(f -> assertThat(f.problem()).isNull());
    String name = "input_blocks.4.0.skip_connection.weight";
    try (Checkpoint checkpoint = Safetensors.open(part("denoiser").weights())) {
      assertThat(checkpoint.weight(name).toTensor())
          .isEqualTo(FillRule.tensor("unet." + name, 64, 32, 1, 1));
    }
  }

  @Test
  void originalAndDiffusersFilesOfOneFillGiveTheSameBytes() throws IOException {
    PackFolder original =
        assemble("original", a -> a.audioLdm(original(1), Averaging.AUTO, null, null));
    PackFolder diffusers =
        assemble("diffusers", a -> a.audioLdm(diffusers(), Averaging.AUTO, null, null));
    for (String part : List.of("denoiser", "vae", "vocoder.hifigan")) {
      assertThat(original.part(part).orElseThrow().digest())
          .as(part)
          .isEqualTo(part(part).digest());
      assertThat(diffusers.part(part).orElseThrow().digest())
          .as(part)
          .isEqualTo(part(part).digest());
    }
    assertThat(original.untrained()).isFalse();
    assertThat(original.part("denoiser").orElseThrow().architecture())
        .containsEntry("modelChannels", 32)
        .containsEntry("filmWidth", 16)
        .containsEntry("headRule", "CHANNELS_PER_HEAD(32)")
        .containsEntry("videoConditioning", "FILM");
    assertThat(diffusers.part("denoiser").orElseThrow().architecture())
        .containsEntry("headRule", "FIXED(8)");
    assertThat(original.part("vae").orElseThrow().architecture())
        .containsEntry("scaleFactor", 0.25);
    assertThat(diffusers.part("vae").orElseThrow().architecture())
        .containsEntry("scaleFactor", 0.9392935633659363);
    assertThat(original.description().origin())
        .singleElement()
        .asString()
        .matches(".*original.safetensors, SHA-256 [0-9a-f]{64}");
    assertThat(PackVerifier.verify(original, Watcher.NONE))
        .allSatisfy(f -> assertThat(f.problem()).isNull());
  }

  @Test
  void theAveragedCopyIsTakenUnlessTheRawOneIsWanted() throws IOException {
    Path file = original(2);
    float raw = FillRule.tensor("unet.out.2.bias", 8).values()[0];
    assertThat(outBias(assemble("ema", a -> a.audioLdm(file, Averaging.AUTO, null, null))))
        .isEqualTo(2 * raw);
    assertThat(outBias(assemble("raw", a -> a.audioLdm(file, Averaging.RAW, null, null))))
        .isEqualTo(raw);
  }

  @Test
  void clipOfEitherNamingGivesTheSameBytes() throws IOException {
    try (Checkpoint openAi = Safetensors.open(part("encoder.clip").weights())) {
      Path transformers = folder.resolve("clip").resolve("model.safetensors");
      Safetensors.write(
          transformers, ClipNames.toTransformers(openAi.weights()).values(), Map.of());
    }
    PackFolder fromOpenAi = assemble("openai", a -> a.clip(part("encoder.clip").weights()));
    PackFolder fromTransformers = assemble("transformers", a -> a.clip(folder.resolve("clip")));
    assertThat(fromOpenAi.part("encoder.clip").orElseThrow().digest())
        .isEqualTo(part("encoder.clip").digest());
    PackPart clip = fromTransformers.part("encoder.clip").orElseThrow();
    assertThat(clip.architecture())
        .containsEntry("resolution", 32)
        .containsEntry("layers", 2)
        .containsEntry("output", 16)
        .containsEntry("patch", 8);
    assertThat(Safetensors.read(clip.weights()).tensors())
        .containsExactlyInAnyOrderEntriesOf(
            Safetensors.read(part("encoder.clip").weights()).tensors());
  }

  @Test
  void anotherNetworksFileIsRefusedByName() {
    Path vae = part("vae").weights();
    assertThatThrownBy(() -> assemble("x", a -> a.clip(vae)))
        .isInstanceOfSatisfying(
            MaestroException.class,
            e -> assertThat(e.kind()).isEqualTo(MaestroException.Kind.INPUT))
        .hasMessage(
            "vae.safetensors: there is no tensor visual.conv1.weight of 4 axes, so this is another network;"
                + " give the file this option is for");
    assertThatThrownBy(() -> assemble("x", a -> a.tavar(vae)))
        .hasMessageContaining(
            "encoder.tavar from vae.safetensors: the weights do not fit the network: 896 missing");
    assertThatThrownBy(() -> assemble("x", a -> a.audioLdm(folder, Averaging.AUTO, null, null)))
        .hasMessageContaining("there is no diffusion_pytorch_model.safetensors or .bin");
  }

  private interface Steps {
    void with(Assembler assembler) throws IOException;
  }

  private PackFolder assemble(String name, Steps steps) throws IOException {
    PackBuilder builder = new PackBuilder(name);
    try (Assembler assembler = new Assembler(builder, Watcher.NONE)) {
      steps.with(assembler);
      return PackFolder.open(builder.writeTo(folder, false, Watcher.NONE), PluginNames.NONE);
    }
  }

  private float outBias(PackFolder pack) {
    try (Checkpoint checkpoint = Safetensors.open(pack.part("denoiser").orElseThrow().weights())) {
      return checkpoint.weight("out.2.bias").toFloats()[0];
    }
  }

  private PackPart part(String name) {
    return tiny.part(name).orElseThrow();
  }

  private Map<String, FloatTensor> tensors(String part) {
    return Safetensors.read(part(part).weights()).tensors();
  }

  /** A training checkpoint by the original names; the average is the raw copy times a factor. */
  private Path original(int factor) {
    List<Weight> all = new ArrayList<>();
    tensors("denoiser")
        .forEach(
            (name, tensor) -> {
              all.add(Weight.of("model.diffusion_model." + name, tensor));
              float[] averaged = tensor.values().clone();
              for (int i = 0; i < averaged.length; i++) {
                averaged[i] *= factor;
              }
              all.add(
                  Weight.of(
                      "model_ema.diffusion_model" + name.replace(".", ""),
                      FloatTensor.of(averaged, tensor.shape())));
            });
    tensors("vae")
        .forEach((name, tensor) -> all.add(Weight.of("first_stage_model." + name, tensor)));
    tensors("vocoder.hifigan")
        .forEach((name, tensor) -> all.add(Weight.of("first_stage_model.vocoder." + name, tensor)));
    all.add(Weight.of("scale_factor", FloatTensor.of(new float[] {0.25f})));
    all.add(Weight.of("cond_stage_model.logit_scale", FloatTensor.of(new float[] {1})));
    return write(folder.resolve("original.safetensors"), all);
  }

  private Path diffusers() throws IOException {
    Path root = folder.resolve("published");
    write(
        root.resolve("unet/diffusion_pytorch_model.safetensors"),
        renamed("denoiser", "audioldm-s-unet", "model.diffusion_model."));
    write(
        root.resolve("vae/diffusion_pytorch_model.safetensors"),
        renamed("vae", "audioldm-vae", "first_stage_model."));
    List<Weight> vocoder =
        renamed("vocoder.hifigan", "audioldm-hifigan", "first_stage_model.vocoder.");
    vocoder.add(Weight.of("mean", FloatTensor.of(new float[64], 64)));
    write(root.resolve("vocoder/model.safetensors"), vocoder);
    Files.writeString(
        root.resolve("unet/config.json"), "{\"attention_head_dim\": 8, \"norm_eps\": 1e-05}");
    Files.writeString(root.resolve("vae/config.json"), "{\"scaling_factor\": 0.9392935633659363}");
    return root;
  }

  private List<Weight> renamed(String part, String table, String prefix) throws IOException {
    Map<String, FloatTensor> tensors = tensors(part);
    List<Weight> renamed = new ArrayList<>();
    for (String[] row : table(table)) {
      FloatTensor tensor = tensors.get(row[0].replace(prefix, ""));
      if (tensor != null) {
        long[] shape =
            row[1].contains("attentions.0.to_")
                    && table.contains("vae")
                    && tensor.shape().length == 4
                ? new long[] {tensor.shape()[0], tensor.shape()[1]}
                : tensor.shape();
        renamed.add(Weight.of(row[1], FloatTensor.of(tensor.values(), shape)));
      }
    }
    assertThat(renamed).hasSize(tensors.size());
    return renamed;
  }

  private static Path write(Path file, Collection<Weight> weights) {
    Safetensors.write(file, weights, Map.of());
    return file;
  }

  private static List<String[]> table(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(AssemblerTest.class.getResourceAsStream(name + ".tsv.gz")),
                StandardCharsets.UTF_8))) {
      return in.lines().skip(1).map(line -> line.split("\t", -1)).toList();
    }
  }
}
