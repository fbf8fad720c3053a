package maestro.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On networks of the tiny size, whose names are those of the published ones. */
class AssemblerTest {
  @TempDir static Path shared;
  private static PackFolder tiny;
  @TempDir Path folder;

  @BeforeAll
  static void fillByRule() {
    Path made =
        SyntheticPack.builder(
                "tiny", SyntheticPack.Size.TINY, List.of(), "FILM", PartShapesTest.SHAPES)
            .writeTo(shared, false, Watcher.NONE);
    tiny = PackFolder.open(made, PluginNames.NONE);
  }

  @Test
  void theSyntheticPackIsGoodAndSaysThatItIsUntrained() {
    assertThat(tiny.untrained()).isTrue();
    assertThat(tiny.parts())
        .containsExactly(
            "denoiser",
            "branch",
            "vae",
            "vocoder.hifigan",
            "encoder.clip",
            "encoder.tavar",
            "encoder.wecl",
            "fusion.laff");
    assertThat(PackVerifier.verify(tiny, PartShapesTest.SHAPES, Watcher.NONE))
        .allSatisfy(f -> assertThat(f.problem()).isNull());
    String name = "input_blocks.4.0.skip_connection.weight";
    try (Checkpoint checkpoint = Safetensors.open(part("denoiser").weights())) {
      assertThat(checkpoint.weight(name).toTensor())
          .isEqualTo(FillRule.tensor("unet." + name, 64, 32, 1, 1));
    }
  }

  @Test
  void originalAndDiffusersFilesOfOneFillGiveTheSameBytes() throws IOException {
    PackFolder original = assemble("original", a -> a.audioLdm(original(1), null, null));
    PackFolder diffusers = assemble("diffusers", a -> a.audioLdm(diffusers(), null, null));
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
        .hasSize(4)
        .first()
        .asString()
        .matches(".*original.safetensors, SHA-256 [0-9a-f]{64}");
    assertThat(original.description().origin().get(1))
        .isEqualTo(
            "denoiser from original.safetensors: the averaged copy of the weights, under 'model_ema.', was taken,"
                + " not the one as trained, under 'model.diffusion_model.'");
    assertThat(PackVerifier.verify(original, PartShapesTest.SHAPES, Watcher.NONE))
        .allSatisfy(f -> assertThat(f.problem()).isNull());
  }

  @Test
  void theAveragedCopyIsTakenUnlessTheRawOneIsWanted() throws IOException {
    Path file = original(2);
    float raw = FillRule.tensor("unet.out.2.bias", 8).values()[0];
    assertThat(outBias(assemble("ema", a -> a.audioLdm(file, null, null)))).isEqualTo(2 * raw);
    assertThat(outBias(assemble("raw", Averaging.RAW, a -> a.audioLdm(file, null, null))))
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
            "vae.safetensors: this is another network than encoder.clip, it looks like vae: of its 204 tensors none is"
                + " called visual.conv1.weight or vision_model.embeddings.patch_embedding.weight,"
                + " the first is 'encoder.conv_in.weight'; give the file this option is for");
    assertThatThrownBy(() -> assemble("x", a -> a.tavar(vae)))
        .hasMessageContaining("this is another network than encoder.tavar, it looks like vae");
    assertThatThrownBy(() -> assemble("x", a -> a.audioLdm(folder, null, null)))
        .hasMessageContaining("it holds neither weights nor a folder unet");
  }

  /** Every network that packs import, behind the words of the usual trainers. */
  @ParameterizedTest
  @CsvSource({
    "encoder.clip, module.",
    "encoder.clip, _orig_mod.model.",
    "encoder.clip, clip_model.module.",
    "vocoder.hifigan, generator.",
    "vocoder.hifigan, module._orig_mod.generator.",
    "audioldm, _orig_mod.",
    "audioldm, state_dict.model.module.",
    "diffusers, module.",
    "diffusers, ema_model.module."
  })
  void whatTrainingPutBeforeTheNamesComesOff(String network, String prefix) throws IOException {
    switch (network) {
      case "audioldm", "diffusers" -> {
        if (network.equals("audioldm")) {
          Path file = wrapped(original(1), prefix);
          PackFolder made = assemble("made", a -> a.audioLdm(file, null, null));
          assertThat(made.part("vae").orElseThrow().architecture())
              .containsEntry("scaleFactor", 0.25);
          assertSameWeights(made, "denoiser", "vae", "vocoder.hifigan");
          return;
        }
        Path root = diffusers();
        for (String file :
            List.of(
                "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "vocoder/model")) {
          Files.move(
              wrapped(root.resolve(file + ".safetensors"), prefix),
              root.resolve(file + ".safetensors"),
              StandardCopyOption.REPLACE_EXISTING);
        }
        assertSameWeights(
            assemble("made", a -> a.audioLdm(root, null, null)),
            "denoiser",
            "vae",
            "vocoder.hifigan");
      }
      case "encoder.clip" -> {
        Path file = wrapped(part(network).weights(), prefix);
        PackFolder made = assemble("made", a -> a.clip(file));
        assertSameWeights(made, network);
        assertThat(made.description().origin().get(1)).contains("'" + prefix + "' was taken off");
      }
      default -> {
        Path file = wrapped(part(network).weights(), prefix);
        assertSameWeights(assemble("made", a -> a.vocoder(file)), network);
      }
    }
  }

  @Test
  void anUnknownPrefixIsNamed() throws IOException {
    Path file = wrapped(part("encoder.clip").weights(), "my_project.");
    assertThatThrownBy(() -> assemble("x", a -> a.clip(file)))
        .hasMessage(
            "wrapped.safetensors: its tensors for encoder.clip have 'my_project.' before their names, which is not"
                + " known; save the network's own state_dict");
  }

  @Test
  void aFolderOfShardsIsReadByItsIndex() throws IOException {
    Path shards = shards("model", ".safetensors.index.json", ".safetensors");
    PackFolder made = assemble("made", a -> a.clip(shards));
    assertSameWeights(made, "encoder.clip");
    assertThat(made.description().origin()).hasSize(2);
    assertThat(made.description().origin().get(1)).contains("model-00002-of-00002.safetensors");
    Path index = shards.resolve("model.safetensors.index.json");
    assertSameWeights(assemble("again", a -> a.clip(index)), "encoder.clip");
    Files.delete(shards.resolve("model-00002-of-00002.safetensors"));
    assertThatThrownBy(() -> assemble("x", a -> a.clip(shards)))
        .hasMessage(
            "model.safetensors.index.json: 1 of its 2 files is missing: model-00002-of-00002.safetensors;"
                + " put what is missing beside it");
    Files.delete(index);
    assertThatThrownBy(() -> assemble("x", a -> a.clip(shards)))
        .hasMessageContaining("the parts that are there lack their index");
  }

  @ParameterizedTest
  @CsvSource({
    "model.fp16.safetensors.index.json, .fp16.safetensors",
    "model.safetensors.index.fp16.json, .fp16.safetensors",
    "pytorch_model.bin.index.json, .bin"
  })
  void indexesOfAllSpellingsAreFound(String index, String ending) throws IOException {
    Path shards =
        shards(index.substring(0, index.indexOf('.')), index.substring(index.indexOf('.')), ending);
    assertSameWeights(assemble("made", a -> a.clip(shards)), "encoder.clip");
  }

  @Test
  void anIndexThatNamesFilesElsewhereOrTensorsThatAreNotThereIsRefused() throws IOException {
    Path shards = shards("model", ".safetensors.index.json", ".safetensors");
    Path index = shards.resolve("model.safetensors.index.json");
    for (String name : List.of("../x.safetensors", "/etc/passwd", "a/b", "..", "")) {
      Files.writeString(index, "{\"weight_map\": {\"a\": \"" + name + "\"}}");
      assertThatThrownBy(() -> assemble("x", a -> a.clip(shards)))
          .hasMessageContaining(
              "it names the file '" + name + "', which is none of its own folder");
    }
    Files.writeString(index, "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"}}");
    assertThatThrownBy(() -> assemble("x", a -> a.clip(shards)))
        .hasMessageContaining(
            "1 of its tensors are not in their files, such as 'a' in model-00001");
    Files.writeString(index, "{\"a\": 1}");
    assertThatThrownBy(() -> assemble("x", a -> a.clip(shards)))
        .hasMessageContaining("it names no tensors, so it is no index");
  }

  @Test
  void aVariantIsTakenWhereThereIsNoFullPrecisionAndSaid() throws IOException {
    Path published = Files.createDirectories(folder.resolve("published"));
    Files.copy(part("encoder.clip").weights(), published.resolve("model.fp16.safetensors"));
    PackFolder made = assemble("made", a -> a.clip(published));
    assertSameWeights(made, "encoder.clip");
    assertThat(made.description().origin().get(1))
        .isEqualTo("encoder.clip: the variant 'fp16' was taken: model.fp16.safetensors");
    Files.write(published.resolve("model.bf16.safetensors"), new byte[3]);
    assertSameWeights(assemble("fp16", a -> a.clip(published)), "encoder.clip");
    Files.copy(part("encoder.clip").weights(), published.resolve("pytorch_model.bin"));
    assertThat(assemble("full", a -> a.clip(published)).description().origin())
        .singleElement()
        .asString()
        .contains("pytorch_model.bin");
  }

  private Path shards(String stem, String index, String ending) throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    List<List<Weight>> halves = List.of(new ArrayList<>(), new ArrayList<>());
    List<String> entries = new ArrayList<>();
    tensors("encoder.clip")
        .forEach(
            (name, tensor) -> {
              int half = entries.size() % 2;
              halves.get(half).add(Weight.of(name, tensor));
              entries.add(
                  "\""
                      + name
                      + "\": \""
                      + stem
                      + "-0000"
                      + (half + 1)
                      + "-of-00002"
                      + ending
                      + "\"");
            });
    for (int i = 0; i < 2; i++) {
      write(shards.resolve(stem + "-0000" + (i + 1) + "-of-00002" + ending), halves.get(i));
    }
    Files.writeString(
        shards.resolve(stem + index),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + String.join(",", entries) + "}}");
    return shards;
  }

  private Path wrapped(Path file, String prefix) {
    List<Weight> wrapped = new ArrayList<>();
    Safetensors.read(file)
        .tensors()
        .forEach((name, tensor) -> wrapped.add(Weight.of(prefix + name, tensor)));
    return write(folder.resolve("wrapped.safetensors"), wrapped);
  }

  private void assertSameWeights(PackFolder made, String... parts) {
    for (String part : parts) {
      assertThat(Safetensors.read(made.part(part).orElseThrow().weights()).tensors())
          .as(part)
          .isEqualTo(tensors(part));
    }
  }

  private interface Steps {
    void with(Assembler assembler) throws IOException;
  }

  private PackFolder assemble(String name, Steps steps) throws IOException {
    return assemble(name, Averaging.AUTO, steps);
  }

  private PackFolder assemble(String name, Averaging averaging, Steps steps) throws IOException {
    PackBuilder builder = new PackBuilder(name);
    try (Assembler assembler =
        new Assembler(builder, PartShapesTest.SHAPES, averaging, Watcher.NONE)) {
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
