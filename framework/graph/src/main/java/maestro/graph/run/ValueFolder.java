package maestro.graph.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.node.Extent;
import maestro.api.node.Port;
import maestro.api.node.Timing;
import maestro.api.node.Values;
import maestro.checkpoint.Safetensors;
import maestro.files.Sha256;
import maestro.graph.plan.Plan;
import maestro.graph.plan.Plan.Planned;
import maestro.graph.run.Job.Item;
import maestro.graph.run.Runner.Given;

/**
 * A folder with the values that flowed in a job, one safetensors file each: {@code
 * encoder.clip.safetensors}, {@code sampler.ddim.0002.safetensors} for the third window or cue.
 */
final class ValueFolder {
  private final Path folder;

  /** A folder to be filled; it is made. */
  ValueFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new MaestroException(
          Kind.RESOURCE,
          folder.toString(),
          "it cannot be made (" + e.getMessage() + ")",
          "give another folder",
          e);
    }
  }

  /** Keeps one value. */
  void keep(Item item, Values values) {
    boolean numbered = numbered(item.node());
    int index = (int) (item.order() & 0xFFFFFFFFL);
    Safetensors.write(
        file(folder, item.node().id(), numbered ? index : -1),
        NodeForm.write(item.node().node().outputs(), values));
  }

  /**
   * Takes values from a folder in place of making them.
   *
   * @param given gets them
   * @throws MaestroException of kind INPUT when there is none for this plan, or one cannot be read
   */
  static void read(Path folder, Plan plan, Timing timing, Map<String, Given> given) {
    int before = given.size();
    for (Planned node : plan.nodes().values()) {
      if (node.given() || !node.keepable()) {
        continue;
      }
      for (int i = 0; i == 0 || numbered(node); i++) {
        Path file = file(folder, node.id(), numbered(node) ? i : -1);
        if (Files.isRegularFile(file)) {
          given.put(node.id() + "#" + i, value(file, node));
        } else if (i >= timing.windows()) {
          break; // whoever gives a value for each cue may have given more than there are windows
        }
      }
    }
    if (given.size() == before) {
      throw new MaestroException(
          Kind.INPUT,
          folder.toString(),
          "it holds no value of this recipe",
          "give a folder that --keep has filled, with files such as "
              + plan.nodes().values().stream()
                  .filter(Planned::main)
                  .map(Planned::id)
                  .findFirst()
                  .orElse("encoder.clip")
              + ".safetensors");
    }
  }

  private static Given value(Path file, Planned node) {
    try {
      Values values = NodeForm.read(node.node().outputs(), Safetensors.read(file));
      for (Port port : node.node().outputs()) {
        if (values.port(port.name()).isEmpty()) {
          throw new IllegalArgumentException("it holds no " + port.kind());
        }
      }
      return new Given(values, Sha256.of(file));
    } catch (IllegalArgumentException e) {
      throw new MaestroException(
          Kind.INPUT,
          file.toString(),
          "it is no value of " + node.id() + " (" + e.getMessage() + ")",
          "take the file out of the folder, or write it as --keep does",
          e);
    }
  }

  private static boolean numbered(Planned node) {
    return node.extent().compareTo(Extent.FILM) > 0;
  }

  private static Path file(Path folder, String id, int number) {
    return folder.resolve(
        id
            + (number < 0 ? "" : String.format(java.util.Locale.ROOT, ".%04d", number))
            + ".safetensors");
  }
}
