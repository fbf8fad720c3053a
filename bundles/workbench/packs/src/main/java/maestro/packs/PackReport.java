package maestro.packs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import maestro.api.pack.PackPart;
import maestro.checkpoint.Checkpoint;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;
import maestro.runtime.command.Output;

/** What a pack is and holds, in lines for people and as an object. */
final class PackReport {
  /** Of an architecture in a line for people. */
  private static final int LONGEST = 400;

  private PackReport() {}

  /** A pack in one line. */
  static String line(PackFolder pack) {
    return String.format(
        Locale.ROOT,
        "%-20s %7s  %s%s",
        pack.name(),
        megabytes(pack),
        String.join(" ", pack.parts()),
        pack.untrained() ? "  (untrained)" : "");
  }

  /** What its description says, without the architectures. */
  static Map<String, Object> summary(PackFolder pack) {
    PackDescription description = pack.description();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("name", pack.name());
    summary.put("description", String.valueOf(description.description()));
    summary.put("licence", String.valueOf(description.licence()));
    summary.put("origin", description.origin());
    summary.put("training", String.valueOf(description.training()));
    summary.put("untrained", pack.untrained());
    summary.put("folder", pack.folder().toString());
    summary.put("bytes", bytes(pack));
    summary.put("parts", pack.parts());
    return summary;
  }

  /** Everything, part by part. */
  static void show(PackFolder pack, boolean tensors, Output output) {
    PackDescription description = pack.description();
    output.line(
        "%s%s", pack.name(), pack.untrained() ? " (untrained: weights were filled by rule)" : "");
    line(output, "", description.description());
    line(output, "licence   ", description.licence());
    line(output, "training  ", description.training());
    description.origin().forEach(origin -> line(output, "origin    ", origin));
    line(output, "folder    ", pack.folder().toString());
    Map<String, Object> parts = new LinkedHashMap<>();
    for (String name : pack.parts()) {
      parts.put(name, part(pack.part(name).orElseThrow(), description, tensors, output));
    }
    Map<String, Object> result = summary(pack);
    result.put("parts", parts);
    output.result(result);
  }

  private static Map<String, Object> part(
      PackPart part, PackDescription description, boolean tensors, Output output) {
    Map<String, Object> architecture = description.parts().get(part.name()).architecture();
    output.line("%n%s  %s", part.name(), cut(architecture.toString()));
    labels(architecture).forEach((encoder, known) -> output.line("  %s: %s", encoder, known));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("architecture", architecture);
    shown.put("sha256", part.digest());
    String licence = description.licenceOf(part.name());
    shown.put("licence", String.valueOf(licence));
    if (!Objects.equals(licence, description.licence())) {
      output.line("  licence %s", licence);
    }
    if (part.weights() != null) {
      try (Checkpoint checkpoint = Safetensors.open(part.weights())) {
        long numbers = checkpoint.weights().values().stream().mapToLong(Weight::elements).sum();
        shown.put("tensors", checkpoint.weights().size());
        shown.put("parameters", numbers);
        output.line(
            "  %d tensors, %,d numbers, SHA-256 %s",
            checkpoint.weights().size(), numbers, part.digest());
        if (tensors) {
          Map<String, String> shapes = new LinkedHashMap<>();
          checkpoint
              .weights()
              .forEach(
                  (tensor, weight) -> {
                    shapes.put(tensor, weight.dataType() + " " + Weight.shapeText(weight.shape()));
                    output.line("  %-90s %s", tensor, shapes.get(tensor));
                  });
          shown.put("shapes", shapes);
        }
      }
    }
    return shown;
  }

  /** Length of its weights for people. */
  static String megabytes(PackFolder pack) {
    return bytes(pack) / 1_000_000 + " MB";
  }

  private static long bytes(PackFolder pack) {
    return pack.description().parts().values().stream()
        .mapToLong(PackDescription.Part::bytes)
        .sum();
  }

  private static void line(Output output, String label, String text) {
    if (text != null) {
      output.line("%s%s", label, text);
    }
  }

  /** Tables, such as the statistics of composers, are for --json. */
  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (the whole with --json)";
  }

  /** What the fusion of a pack understands by the places of an encoder, such as its composers. */
  private static Map<String, String> labels(Map<String, Object> architecture) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (architecture.get("encoders") instanceof Map<?, ?> encoders) {
      encoders.forEach(
          (encoder, entry) -> {
            if (entry instanceof Map<?, ?> map && map.get("labels") instanceof List<?> known) {
              labels.put(
                  String.valueOf(encoder),
                  String.join(", ", known.stream().map(String::valueOf).toList()));
            }
          });
    }
    return labels;
  }
}
