package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;

/**
 * All that a training must remember to go on as if it had never stopped: weights, their moving
 * averages, the optimiser's moments, the number of updates, in all and of each phase. Chance needs
 * no memory, see {@link Draw}. As a file it is one safetensors with the prefixes {@code weights.},
 * {@code average.}, {@code moment1.} and {@code moment2.}; the numbers are in its metadata.
 */
final class TrainingState {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, AdamW.Moments> moments = new LinkedHashMap<>();
  private final Map<String, NDArray> averages = new LinkedHashMap<>();
  private final Map<String, Long> updatesOf = new LinkedHashMap<>();
  private long updates;
  private String best = "";

  /** The state before the first update. */
  TrainingState(List<Phase> phases, boolean averaged, NDManager manager) {
    for (Phase phase : phases) {
      updatesOf.put(phase.name(), 0L);
      phase
          .parameters()
          .forEach(
              (name, parameter) -> {
                String full = phase.name().isEmpty() ? name : phase.name() + "." + name;
                if (parameters.put(full, parameter) != null) {
                  throw new IllegalArgumentException("two parameters are named " + full);
                }
                NDArray weight = parameter.getArray();
                moments.put(full, AdamW.Moments.of(weight, manager));
                if (averaged) {
                  NDArray average = weight.duplicate();
                  average.setRequiresGradient(false);
                  average.attach(manager);
                  averages.put(full, average);
                }
              });
    }
  }

  /** Updates done. */
  long updates() {
    return updates;
  }

  /** Notes one more update. */
  void updated() {
    updates++;
  }

  /**
   * Notes that a phase is being updated and gives the number of that update, from 1. Those that it
   * sat out or skipped are not counted, so that the optimiser's moments begin with the phase.
   */
  long updating(String phase) {
    return updatesOf.merge(phase, 1L, Long::sum);
  }

  /** Least first figure of a validation so far, as text; empty before any. */
  String best() {
    return best;
  }

  void best(String figure) {
    best = figure;
  }

  AdamW.Moments moments(String phase, String name) {
    return moments.get(phase.isEmpty() ? name : phase + "." + name);
  }

  /** The moving average of a parameter, or null. */
  NDArray average(String phase, String name) {
    return averages.get(phase.isEmpty() ? name : phase + "." + name);
  }

  /** Runs something with the averages in the parameters' place. */
  void withAverages(Runnable work) {
    Map<String, float[]> raw = new LinkedHashMap<>();
    averages.forEach(
        (name, average) -> {
          NDArray weight = parameters.get(name).getArray();
          raw.put(name, weight.toFloatArray());
          set(weight, average.toFloatArray());
        });
    try {
      work.run();
    } finally {
      raw.forEach((name, values) -> set(parameters.get(name).getArray(), values));
    }
  }

  private static void set(NDArray array, float[] values) {
    boolean gradient = array.hasGradient();
    array.setRequiresGradient(false);
    array.set(FloatBuffer.wrap(values));
    array.setRequiresGradient(gradient);
  }

  /** Writes the state; the file appears only when it is whole. */
  void write(Path file, Map<String, String> more) {
    List<Weight> weights = new ArrayList<>();
    parameters.forEach((name, p) -> weights.add(weight("weights." + name, p.getArray())));
    averages.forEach((name, average) -> weights.add(weight("average." + name, average)));
    moments.forEach(
        (name, pair) -> {
          weights.add(weight("moment1." + name, pair.first()));
          weights.add(weight("moment2." + name, pair.second()));
        });
    Map<String, String> metadata = new LinkedHashMap<>(more);
    metadata.put("updates", Long.toString(updates));
    metadata.put("best", best);
    updatesOf.forEach((phase, count) -> metadata.put(updatesKey(phase), Long.toString(count)));
    Safetensors.write(file, weights, metadata);
  }

  private static String updatesKey(String phase) {
    return "updates of " + (phase.isEmpty() ? "all" : phase);
  }

  private static Weight weight(String name, NDArray array) {
    return Weight.computed(name, array.getShape().getShape(), array::toFloatArray);
  }

  /**
   * Reads a state that the same recipe wrote.
   *
   * @throws MaestroException of kind INPUT when it does not hold what this training needs
   */
  void read(Path file) {
    try (Checkpoint checkpoint = Safetensors.open(file)) {
      parameters.forEach((name, p) -> fill(checkpoint, "weights." + name, p.getArray()));
      averages.forEach((name, average) -> fill(checkpoint, "average." + name, average));
      moments.forEach(
          (name, pair) -> {
            fill(checkpoint, "moment1." + name, pair.first());
            fill(checkpoint, "moment2." + name, pair.second());
          });
      updates = Long.parseLong(checkpoint.metadata().getOrDefault("updates", "0"));
      best = checkpoint.metadata().getOrDefault("best", "");
      // A state from before phases were counted had none that sat out.
      updatesOf.replaceAll(
          (phase, none) ->
              Long.parseLong(
                  checkpoint.metadata().getOrDefault(updatesKey(phase), Long.toString(updates))));
    }
  }

  private static void fill(Checkpoint checkpoint, String name, NDArray array) {
    Weight weight = checkpoint.weight(name);
    if (weight.elements() != array.getShape().size()) {
      throw new MaestroException(
          MaestroException.Kind.INPUT,
          checkpoint.file().toString(),
          name
              + " is "
              + Weight.shapeText(weight.shape())
              + " and the network needs "
              + array.getShape(),
          "resume with the recipe that wrote it");
    }
    set(array, weight.toFloats());
  }
}
