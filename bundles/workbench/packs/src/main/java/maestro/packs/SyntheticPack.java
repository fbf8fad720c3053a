package maestro.packs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.FillRule;
import maestro.checkpoint.Weight;

/**
 * Packs nobody trained: every number follows from the tensor's name by {@link FillRule}, under the
 * prefixes of the parity fixtures. What they score is noise; that they score the same everywhere is
 * what they are for.
 */
final class SyntheticPack {
  /** Prefix of the names of a part under the fill rule; none for the others. */
  private static final Map<String, String> PREFIXES =
      Map.of(
          Architectures.DENOISER, "unet.",
          Architectures.VAE, "vae.",
          Architectures.HIFIGAN, "voc.",
          Architectures.VGGISH, "vggish.",
          Architectures.CNN14, "panns.");

  private static final List<String> SMALL_PARTS =
      List.of(
          Architectures.DENOISER,
          Architectures.BRANCH,
          Architectures.VAE,
          Architectures.HIFIGAN,
          Architectures.CLIP,
          Architectures.TAVAR,
          Architectures.WECL,
          Architectures.LAFF);
  private static final List<String> ALL_PARTS =
      List.of(
          Architectures.DENOISER,
          Architectures.BRANCH,
          Architectures.VAE,
          Architectures.HIFIGAN,
          Architectures.CLIP,
          Architectures.TAVAR,
          Architectures.WECL,
          Architectures.LAFF,
          Architectures.VGGISH,
          Architectures.CNN14);

  /** Numbers in the feature of encoder.cinematic. */
  private static final int CINEMATIC = 32;

  /** Channels after the first convolution of small TAVAR and WECL. */
  private static final int NARROW = 4;

  private SyntheticPack() {}

  /** Sizes of the networks. */
  enum Size {
    /** Those of the parity fixtures: 130 MB. */
    TINY(32, 16),
    /** AudioLDM-S and everything else as published. */
    S(128, 512),
    /** AudioLDM-M, else as S. */
    M(192, 512),
    /** AudioLDM-L, else as S. */
    L(256, 512);

    private final int modelChannels;
    private final int filmWidth;

    Size(int modelChannels, int filmWidth) {
      this.modelChannels = modelChannels;
      this.filmWidth = filmWidth;
    }

    /** What a pack of this size holds unless asked otherwise. */
    List<String> parts() {
      return this == TINY ? SMALL_PARTS : ALL_PARTS;
    }

    /** Architecture numbers of one part; empty when the published ones are the only ones. */
    private Map<String, Object> architecture(String part, String conditioning) {
      Map<String, Object> numbers = new LinkedHashMap<>();
      switch (part) {
        case Architectures.DENOISER -> {
          numbers.put("modelChannels", modelChannels);
          numbers.put("headRule", "CHANNELS_PER_HEAD(" + (this == L ? 64 : 32) + ")");
          numbers.put("filmWidth", filmWidth);
          numbers.put("videoConditioning", conditioning);
          numbers.put("nullCondition", "zero");
        }
        case Architectures.BRANCH -> {
          Map<String, Object> controls = new LinkedHashMap<>();
          controls.put("melody", Map.of("channels", 12));
          controls.put("dynamics", Map.of("channels", 1));
          numbers.put("controls", controls);
          numbers.put("preWidths", this == TINY ? List.of(16, 32) : List.of(64, 128));
          numbers.put("injection", "LEVELS");
        }
        case Architectures.VAE -> {
          numbers.put("channels", this == TINY ? 32 : 128);
          numbers.put("scaleFactor", 1.0);
        }
        case Architectures.HIFIGAN -> numbers.put("channels", this == TINY ? 64 : 1024);
        case Architectures.CLIP -> {
          if (this == TINY) {
            numbers.put("resolution", 32);
            numbers.put("patch", 8);
            numbers.put("width", 128);
            numbers.put("layers", 2);
            numbers.put("output", filmWidth);
          }
        }
        case Architectures.TAVAR -> {
          if (this == TINY) {
            numbers.put("stem", NARROW);
          }
        }
        case Architectures.WECL -> {
          if (this == TINY) {
            numbers.put("stem", NARROW);
            numbers.put("sound", false);
          }
        }
        case Architectures.LAFF -> {
          numbers.put("width", filmWidth);
          numbers.put("encoders", encoders());
        }
        default -> {
          // Published in one size only.
        }
      }
      return numbers;
    }

    /** What the fusion takes: the paper's three encoders, and the one that needs no weights. */
    private Map<String, Object> encoders() {
      Map<String, Object> encoders = new LinkedHashMap<>();
      encoders.put(Architectures.CLIP, encoder(filmWidth, false));
      encoders.put(Architectures.TAVAR, encoder(1, true));
      encoders.put(Architectures.WECL, encoder(8, true));
      encoders.put("encoder.cinematic", encoder(CINEMATIC, true));
      return encoders;
    }

    private static Map<String, Object> encoder(int width, boolean embedded) {
      Map<String, Object> encoder = new LinkedHashMap<>();
      encoder.put("width", width);
      encoder.put("embedded", embedded);
      return encoder;
    }
  }

  /**
   * A pack ready to be written.
   *
   * @param parts which, or empty for all that go with the size and that bundles here read
   * @param shapes what tensors the parts must have
   * @param conditioning FILM, CROSS_ATTENTION or CROSS_ONLY
   */
  static PackBuilder builder(
      String name, Size size, List<String> parts, String conditioning, PartShapes shapes) {
    PackBuilder builder =
        new PackBuilder(name)
            .description(
                "Networks of size "
                    + size.name().toLowerCase(java.util.Locale.ROOT)
                    + " filled by rule.")
            .licence("CC0-1.0")
            .origin("maestro packs synthetic")
            .training("none: the numbers follow from the names of the tensors")
            .untrained();
    Map<String, Object> denoiser = size.architecture(Architectures.DENOISER, conditioning);
    for (String part : parts.isEmpty() ? shapes.known(size.parts()) : parts) {
      Map<String, Object> architecture = size.architecture(part, conditioning);
      Map<String, Object> numbers = new LinkedHashMap<>(architecture);
      if (part.equals(Architectures.BRANCH)) {
        numbers.putAll(denoiser);
      }
      if (!ALL_PARTS.contains(part)) {
        throw new MaestroException(
            MaestroException.Kind.USAGE,
            "packs synthetic",
            "there is no part '" + part + "'",
            "choose among " + String.join(", ", ALL_PARTS));
      }
      Map<String, long[]> needed = shapes.needed(part, numbers);
      builder.part(part, filled(PREFIXES.getOrDefault(part, ""), needed), architecture);
    }
    return builder;
  }

  private static List<Weight> filled(String prefix, Map<String, long[]> shapes) {
    List<Weight> weights = new ArrayList<>();
    shapes.forEach(
        (name, shape) ->
            weights.add(
                Weight.computed(
                    name, shape, () -> FillRule.tensor(prefix + name, shape).values())));
    return weights;
  }
}
