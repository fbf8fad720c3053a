package maestro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.sound.Sound;
import maestro.api.tensor.FloatTensor;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.contracts.TestSounds;
import maestro.dataset.Clip;
import maestro.dataset.Manifest;
import maestro.packs.PackBuilder;
import maestro.signal.LogMel;
import maestro.training.corpus.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run's folder is compared with, and what is made of runs. */
final class RunFilesTest {
  @TempDir Path folder;

  private Corpus corpus(String... files) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (String file : files) {
      Clip clip = new Clip();
      clip.id = file;
      clip.audio = file;
      clip.split = clips.isEmpty() ? "val" : "train";
      clips.add(clip);
    }
    Manifest.write(folder.resolve("m.jsonl"), clips);
    return Corpus.open(
        folder.resolve("m.jsonl"),
        folder,
        folder.resolve("kept"),
        new Corpus.Ears(
            new TestSounds(file -> Sound.mono(new float[16_000], 16_000)),
            new LogMel(),
            Map.of(),
            Map.of()),
        track -> {});
  }

  @Test
  void aTrainingGoesOnWithItsCorpusOrWithAnotherWhenThatIsAccepted() throws IOException {
    Files.writeString(folder.resolve("a.wav"), "a");
    Files.writeString(folder.resolve("b.wav"), "b");
    Files.createDirectory(folder.resolve("run"));
    RunFiles run = new RunFiles(folder.resolve("run"));
    assertThat(run.sameCorpus(corpus("a.wav", "b.wav"), true, false))
        .as("a run of an earlier version has nothing to compare with")
        .isEmpty();
    assertThat(run.sameCorpus(corpus("a.wav", "b.wav"), true, false)).isEmpty();

    Files.writeString(folder.resolve("b.wav"), "replaced");
    Corpus replaced = corpus("a.wav", "b.wav");
    assertThatThrownBy(() -> run.sameCorpus(replaced, true, false))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("was begun with another corpus: b.wav has another content")
        .hasMessageContaining("--accept-corpus");
    assertThat(run.sameCorpus(replaced, true, true)).hasValue("b.wav has another content");
    assertThat(run.sameCorpus(replaced, true, false)).as("and it is the run's now").isEmpty();

    Files.writeString(folder.resolve("c.wav"), "c");
    Corpus more = corpus("a.wav", "b.wav", "c.wav");
    assertThatThrownBy(() -> run.sameCorpus(more, true, false))
        .hasMessageContaining("c.wav is new, and 1 more are other");
  }

  private Path run(String name, String recipe, String... parts) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(run.resolve(RunFiles.RECIPE), recipe);
    for (String part : parts) {
      Path file = Files.createDirectories(run.resolve(Trainer.PARTS)).resolve(part);
      Safetensors.write(
          Path.of(file + ".safetensors"),
          List.of(Weight.of("w", FloatTensor.of(new float[] {1}, 1))),
          Map.of("updates", "5"));
      Files.writeString(Path.of(file + ".json"), "{}");
    }
    return run;
  }

  @Test
  void aPackThatNoRecipeCouldUseIsRefusedBeforeItIsMade() throws IOException {
    Path vae = run("vae", "{\"task\": \"music-vae\"}", "vae");
    Path unet =
        run(
            "unet",
            "{\"task\": \"latent-diffusion\", \"pack\": \"mine\"}",
            "denoiser",
            "fusion.laff");
    Path branch = run("branch", "{\"task\": \"latent-diffusion\"}", "branch");
    assertThatThrownBy(() -> new RunParts(List.of(unet)).refuseIncomplete(List.of()))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("trained the part denoiser, but no vae that it needs")
        .hasMessageContaining("give --base mine, or a run of task music-vae beside");
    assertThatThrownBy(() -> new RunParts(List.of(vae, branch)).refuseIncomplete(List.of()))
        .hasMessageContaining("the part branch, but no denoiser that it needs");
    new RunParts(List.of(vae)).refuseIncomplete(List.of());
    new RunParts(List.of(vae, unet, branch)).refuseIncomplete(List.of());
    new RunParts(List.of(branch)).refuseIncomplete(List.of("vae", "denoiser"));
    assertThatThrownBy(
            () ->
                new RunParts(List.of(run("none", "{\"task\": \"x\"}"))).refuseIncomplete(List.of()))
        .hasMessageContaining("it has no trained parts");
    PackBuilder builder = new PackBuilder("p").licence("CC0-1.0").training("t").description("d");
    new RunParts(List.of(vae, unet)).addTo(builder, false);
    assertThat(builder.writeTo(folder.resolve("packs"), false, maestro.packs.Watcher.NONE))
        .isDirectoryContaining("glob:**/denoiser.safetensors")
        .isDirectoryContaining("glob:**/vae.safetensors");
  }

  @Test
  void aNumberThatMakesNoNetworkIsTheRecipes() {
    TrainingTask task =
        new TrainingTask() {
          @Override
          public String name() {
            return "music-vae";
          }

          @Override
          public TrainingSession open(TrainingContext context) {
            throw new IllegalArgumentException("illegal VAE width: 8, must be a multiple of 32");
          }
        };
    assertThatThrownBy(() -> TrainingRun.open(task, null))
        .isInstanceOf(MaestroException.class)
        .hasMessageContaining("training music-vae: illegal VAE width: 8")
        .hasMessageContaining("correct the number in the recipe's config");
  }
}
