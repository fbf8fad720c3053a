package maestro.packs;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maestro.api.MaestroException;
import maestro.checkpoint.Averaging;
import picocli.CommandLine.Option;

/** The options of {@code maestro packs assemble} that name published files. */
final class AssemblySources {
  private static final String COMMAND = "packs assemble";

  @Option(
      names = "--audioldm",
      paramLabel = "FILE|FOLDER",
      description = "Original .ckpt, or folder with unet, vae and vocoder as diffusers writes it.")
  private Path audioldm;

  @Option(
      names = "--weights",
      defaultValue = "AUTO",
      description =
          "Which copy, where a file has two: ${COMPLETION-CANDIDATES}. Default: the average if present.")
  private Averaging averaging;

  @Option(
      names = "--head-rule",
      paramLabel = "RULE",
      description = "CHANNELS_PER_HEAD(n) or FIXED(n). Default: what the source means.")
  private String headRule;

  @Option(
      names = "--scale-factor",
      paramLabel = "X",
      description = "Of the latents, if the source does not say it.")
  private Double scaleFactor;

  @Option(names = "--vocoder", paramLabel = "FILE|FOLDER", description = "HiFi-GAN of its own.")
  private Path vocoder;

  @Option(
      names = "--clip",
      paramLabel = "FILE|FOLDER",
      description = "ViT-B-32.pt, or a transformers folder.")
  private Path clip;

  @Option(names = "--tavar", paramLabel = "FILE|FOLDER", description = "TAVAR_weight.pt.")
  private Path tavar;

  @Option(
      names = "--cten",
      paramLabel = "FILE|FOLDER",
      description = "CTEN checkpoint, with or without sound.")
  private Path cten;

  @Option(names = "--vggish", paramLabel = "FILE|FOLDER", description = "vggish-10086976.pth.")
  private Path vggish;

  @Option(names = "--panns", paramLabel = "FILE|FOLDER", description = "Cnn14_16k checkpoint.")
  private Path panns;

  /** Refuses what makes no sense before any file is read. */
  void check() {
    if (Stream.of(audioldm, vocoder, clip, tavar, cten, vggish, panns).allMatch(Objects::isNull)) {
      throw refused("no file was given", "give --audioldm, --clip or another");
    }
    if (headRule != null && !headRule.matches("(CHANNELS_PER_HEAD|FIXED)\\([1-9][0-9]{0,3}\\)")) {
      throw refused("there is no such head rule", "use CHANNELS_PER_HEAD(32) or FIXED(8)");
    }
    if (scaleFactor != null && !(scaleFactor > 0 && scaleFactor < Double.POSITIVE_INFINITY)) {
      throw refused("a scale factor is greater than 0", "leave it out, or give the source's");
    }
  }

  /** Which copy of the weights, where a file has two. */
  Averaging averaging() {
    return averaging;
  }

  /** Hands the files over. */
  void giveTo(Assembler assembler) {
    if (audioldm != null) {
      assembler.audioLdm(audioldm, headRule, scaleFactor);
    }
    give(vocoder, assembler::vocoder);
    give(clip, assembler::clip);
    give(tavar, assembler::tavar);
    give(cten, assembler::cten);
    give(vggish, assembler::vggish);
    give(panns, assembler::panns);
  }

  private static void give(Path file, Consumer<Path> taker) {
    if (file != null) {
      taker.accept(file);
    }
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.USAGE, COMMAND, cause, next);
  }
}
