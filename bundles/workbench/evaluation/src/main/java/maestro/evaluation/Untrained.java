package maestro.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.files.Json;
import maestro.graph.recipe.ResolvedRecipe;
import maestro.graph.run.SingleRun;

/**
 * Finds out which models of an experiment are untrained, so that nobody takes its figures for more.
 */
final class Untrained {

  private final Laboratory laboratory;

  Untrained(Laboratory laboratory) {
    this.laboratory = laboratory;
  }

  /**
   * A sentence for each untrained pack that a method generates with or that metrics hear with.
   *
   * @param recipes of the methods that have one, by their names
   */
  List<String> sentences(
      Experiment experiment,
      Map<String, ResolvedRecipe> recipes,
      ExperimentFolder folder,
      SingleRun context) {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    for (Experiment.Method method : experiment.methods()) {
      ResolvedRecipe recipe = recipes.get(method.name());
      Optional<String> pack =
          recipe != null
              ? Optional.ofNullable(recipe.recipe().pack()).filter(laboratory::isUntrained)
              : method.folder() != null ? ofClips(folder.clips(method)) : Optional.empty();
      pack.ifPresent(
          name -> methods.computeIfAbsent(name, first -> new ArrayList<>()).add(method.name()));
    }
    List<String> sentences = new ArrayList<>();
    methods.forEach(
        (pack, names) ->
            sentences.add(
                "Untrained model: the weights of pack "
                    + pack
                    + " were filled by rule, so the figures of "
                    + String.join(", ", names)
                    + " say nothing of a trained model."));
    judge(context).ifPresent(sentences::add);
    return sentences;
  }

  /** A sentence when the pack that metrics hear with is untrained. */
  static Optional<String> judge(SingleRun context) {
    return context
        .pack()
        .filter(ModelPack::untrained)
        .map(
            pack ->
                "Untrained judge: the metrics hear with weights of pack "
                    + pack.name()
                    + " that were filled by rule.");
  }

  /** The untrained pack that clips of a folder say they were made with. */
  private Optional<String> ofClips(Path folder) {
    for (Path clip : ItemSet.sounds(folder).values()) {
      try {
        JsonNode manifest = Json.PLAIN.readTree(laboratory.writer.provenance(clip).manifest());
        JsonNode pack = manifest.path("pack");
        if (pack.path("untrained").asBoolean()) {
          return Optional.of(pack.path("name").asText());
        }
      } catch (MaestroException | JsonProcessingException e) {
        continue; // a clip of another program, which says nothing
      }
    }
    return Optional.empty();
  }
}
