package maestro.checkpoint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One network out of a file in which training, or the program around it, has put words before the
 * names of its tensors: {@code module.} (DataParallel), {@code _orig_mod.} (torch.compile), {@code
 * model.}, {@code generator.}, {@code ema_model.} and so on, in any order. Where a file has the
 * network twice, as trained and averaged, one copy is chosen.
 *
 * @param weights of the network alone, by its own names
 * @param prefix what stood before each name, with its last dot; empty when nothing did
 * @param averaged whether they are a running average of the weights as trained
 * @param passedOver what stands before the names of the copy that was not chosen, or null
 */
public record WrappedNames(
    Map<String, Weight> weights, String prefix, boolean averaged, String passedOver) {
  /** Wrappers of PyTorch that say nothing, wherever in a name they stand. */
  private static final Set<String> TRANSPARENT =
      Set.of(
          "module",
          "_orig_mod",
          "_fsdp_wrapped_module",
          "_checkpoint_wrapped_module",
          "_forward_module",
          "_module");

  /** Words before the names of a running average. */
  private static final Set<String> AVERAGES =
      Set.of(
          "ema",
          "ema_model",
          "model_ema",
          "ema_net",
          "net_ema",
          "ema_network",
          "ema_generator",
          "generator_ema",
          "g_ema",
          "ema_unet",
          "unet_ema",
          "diffusion_ema",
          "autoencoder_ema",
          "vae_ema",
          "ema_state_dict",
          "state_dict_ema",
          "model_ema_state_dict",
          "ema_model_state_dict",
          "params_ema",
          "ema_params",
          "ema_weights",
          "averaged_model",
          "avg_model",
          "swa_model",
          "teacher",
          "teacher_model");

  /** Words before the names of the weights as trained, and names of the networks themselves. */
  private static final Set<String> WRAPPERS =
      Set.of(
          "model",
          "models",
          "_model",
          "base_model",
          "inner_model",
          "wrapped_model",
          "online_model",
          "online",
          "student",
          "student_model",
          "net",
          "network",
          "netG",
          "net_g",
          "generator",
          "gen",
          "g",
          "G",
          "backbone",
          "pl_module",
          "lightning_module",
          "state_dict",
          "model_state_dict",
          "generator_state_dict",
          "params",
          "weights",
          "diffusion_model",
          "diffusion",
          "denoiser",
          "unet",
          "vae",
          "autoencoder",
          "first_stage_model",
          "cond_stage_model",
          "vocoder",
          "hifigan",
          "hifi_gan",
          "clip",
          "clip_model",
          "image_encoder",
          "tavar",
          "cten",
          "wecl",
          "vggish",
          "panns",
          "cnn14");

  /** How latent diffusion keeps its average: under this, and without dots in the rest. */
  private static final String DOTLESS = "model_ema.";

  /**
   * The network in a file.
   *
   * @param label the file by the name the user knows
   * @param file every tensor of the file
   * @param choice which copy, where there are two
   * @param marks names of which a file of this network has one, in whatever naming
   * @return empty when no such name stands in the file behind words that are known
   * @throws CheckpointException when the copy that is asked for is missing, or the file holds the
   *     network several times
   */
  public static Optional<WrappedNames> find(
      String label, Map<String, Weight> file, Averaging choice, List<String> marks) {
    Map<String, String> trained = prefixes(file, marks, WrappedNames::trained);
    Map<String, String> averages = prefixes(file, marks, WrappedNames::averaged);
    if (trained.isEmpty() && averages.isEmpty()) {
      return Optional.empty();
    }
    if (averages.isEmpty() && choice != Averaging.RAW && trained.size() == 1) {
      Optional<WrappedNames> dotless = dotless(label, file, only(label, trained));
      if (dotless.isPresent()) {
        return dotless;
      }
    }
    boolean average = choice == Averaging.RAW ? trained.isEmpty() : !averages.isEmpty();
    if (choice == Averaging.EMA && !average || choice == Averaging.RAW && average) {
      throw new CheckpointException(
          label,
          "there is no copy of the weights " + (average ? "as trained" : "that is averaged"),
          "use the one that is there: " + (average ? "EMA" : "RAW"));
    }
    Map<String, String> chosen = average ? averages : trained;
    Map<String, String> other = average ? trained : averages;
    String prefix = only(label, chosen);
    return Optional.of(
        new WrappedNames(
            under(file, plain(prefix)),
            prefix,
            average,
            other.isEmpty() ? null : other.values().iterator().next()));
  }

  /** The words before the marks of a network that are not known; empty when there are none. */
  public static Optional<String> unknownPrefix(Map<String, Weight> file, List<String> marks) {
    return prefixes(file, marks, words -> !trained(words) && !averaged(words)).values().stream()
        .findFirst();
  }

  /** A tensor beside the networks, such as {@code scale_factor}, behind known words or none. */
  public static Optional<Weight> beside(Map<String, Weight> file, String name) {
    return prefixes(file, List.of(name), WrappedNames::trained).values().stream()
        .findFirst()
        .map(prefix -> file.get(prefix + name));
  }

  /**
   * What was taken off and chosen, as a sentence for people; empty when there is nothing to say.
   */
  public Optional<String> remark() {
    String copy = averaged ? "the averaged copy" : "the copy as trained";
    if (passedOver != null) {
      return Optional.of(
          copy
              + " of the weights, "
              + shown(prefix)
              + ", was taken, not the one "
              + (averaged ? "as trained" : "that is averaged")
              + ", "
              + shown(passedOver));
    }
    if (averaged) {
      return Optional.of(copy + " of the weights, " + shown(prefix) + ", is the only one");
    }
    return prefix.isEmpty()
        ? Optional.empty()
        : Optional.of(CheckpointException.quote(prefix) + " was taken off the names");
  }

  private static String shown(String prefix) {
    return prefix.isEmpty() ? "without a prefix" : "under " + CheckpointException.quote(prefix);
  }

  /** By the words that count, what stands before the marks in the file. */
  private static Map<String, String> prefixes(
      Map<String, Weight> file, List<String> marks, Predicate<List<String>> kind) {
    Map<String, String> prefixes = new TreeMap<>();
    for (String name : file.keySet()) {
      for (String mark : marks) {
        if (name.equals(mark) || name.endsWith("." + mark)) {
          String prefix = name.substring(0, name.length() - mark.length());
          String plain = plain(prefix);
          if (kind.test(words(plain))) {
            prefixes.putIfAbsent(plain, prefix);
          }
        } else if (plain(name).endsWith(mark)) { // transparent words within the mark
          String plain = plain(name);
          String prefix = plain.substring(0, plain.length() - mark.length());
          if ((prefix.isEmpty() || prefix.endsWith(".")) && kind.test(words(prefix))) {
            prefixes.putIfAbsent(prefix, prefix);
          }
        }
      }
    }
    return prefixes;
  }

  private static List<String> words(String prefix) {
    return prefix.isEmpty() ? List.of() : Arrays.asList(prefix.split("\\."));
  }

  private static boolean trained(List<String> words) {
    return WRAPPERS.containsAll(words);
  }

  private static boolean averaged(List<String> words) {
    return !trained(words)
        && words.stream().allMatch(word -> AVERAGES.contains(word) || WRAPPERS.contains(word));
  }

  private static String plain(String name) {
    return Arrays.stream(name.split("(?<=\\.)"))
        .filter(part -> !part.endsWith(".") || !TRANSPARENT.contains(part.replace(".", "")))
        .collect(Collectors.joining());
  }

  private static Map<String, Weight> under(Map<String, Weight> file, String prefix) {
    return WeightNames.renamed(
        file,
        name -> {
          String plain = plain(name);
          return plain.startsWith(prefix) ? plain.substring(prefix.length()) : null;
        });
  }

  private static String only(String label, Map<String, String> prefixes) {
    if (prefixes.size() > 1) {
      throw new CheckpointException(
          label,
          "the file has the network "
              + prefixes.size()
              + " times: "
              + prefixes.values().stream()
                  .limit(3)
                  .map(WrappedNames::shown)
                  .collect(Collectors.joining(", ")),
          "save the one that is wanted in a file of its own");
    }
    return prefixes.values().iterator().next();
  }

  /**
   * The averaged copy of a latent-diffusion file: {@code model.diffusion_model.out.2.bias} is
   * averaged in {@code model_ema.diffusion_modelout2bias}.
   */
  private static Optional<WrappedNames> dotless(
      String label, Map<String, Weight> file, String prefix) {
    String before =
        file.keySet().stream()
            .filter(name -> name.startsWith(DOTLESS) || name.contains("." + DOTLESS))
            .map(name -> name.substring(0, name.indexOf(DOTLESS)))
            .findFirst()
            .orElse(null);
    if (before == null || !plain(prefix).startsWith(plain(before) + "model.")) {
      return Optional.empty();
    }
    String plain = plain(prefix);
    int within = (plain(before) + "model.").length();
    Map<String, Weight> averaged = new LinkedHashMap<>();
    file.forEach(
        (name, trained) -> {
          String own = plain(name);
          if (own.startsWith(plain)) {
            String undotted = before + DOTLESS + own.substring(within).replace(".", "");
            Weight weight = file.get(undotted);
            if (weight == null && name.startsWith(before + "model.")) { // wrapped then already
              String whole = name.substring((before + "model.").length());
              weight = file.get(before + DOTLESS + whole.replace(".", ""));
            }
            if (weight == null) {
              throw new CheckpointException(
                  label,
                  "there is no averaged copy of "
                      + CheckpointException.quote(own.substring(plain.length())),
                  "use the weights as trained: RAW");
            }
            WeightNames.put(averaged, own.substring(plain.length()), weight);
          }
        });
    return Optional.of(new WrappedNames(averaged, before + DOTLESS, true, prefix));
  }
}
