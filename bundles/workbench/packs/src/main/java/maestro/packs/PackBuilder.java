package maestro.packs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maestro.api.MaestroException;
import maestro.api.pack.ModelPack;
import maestro.checkpoint.Safetensors;
import maestro.checkpoint.Weight;

/** Makes a pack. It appears under its name only when it is whole. */
public final class PackBuilder {
  private final String name;
  private String description;
  private String licence;
  private final List<String> origin = new ArrayList<>();
  private String training;
  private boolean untrained;
  private final Map<String, Content> contents = new LinkedHashMap<>();

  private final Map<String, PackDescription.Part> kept = new LinkedHashMap<>();
  private Path keptFrom;

  /** Weights are null in a part without. */
  private record Content(Collection<? extends Weight> weights, Map<String, Object> architecture) {}

  /**
   * An empty pack.
   *
   * @param name letters, digits, dots, hyphens and underscores, at most 64
   * @throws MaestroException of kind USAGE when the name is none
   */
  public PackBuilder(String name) {
    if (!PackDescription.NAME.matcher(name).matches()) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          "packs",
          "a pack cannot have this name",
          "use letters, digits, dots, hyphens and underscores, at most 64");
    }
    this.name = name;
  }

  /** One sentence for people. */
  public PackBuilder description(String sentence) {
    description = sentence;
    return this;
  }

  /** Licence of the weights that are added here; parts that are kept keep theirs. */
  public PackBuilder licence(String words) {
    licence = words;
    return this;
  }

  /** One more line on where the weights come from. */
  public PackBuilder origin(String line) {
    origin.add(line);
    return this;
  }

  /** What the weights were trained on. */
  public PackBuilder training(String words) {
    training = words;
    return this;
  }

  /** Says that weights were filled by rule. */
  public PackBuilder untrained() {
    untrained = true;
    return this;
  }

  /**
   * Adds a network.
   *
   * @param part its name
   * @param weights its tensors, stored in the type they have
   * @param architecture numbers that the weights alone do not tell: strings, numbers, booleans,
   *     lists, maps
   */
  public PackBuilder part(
      String part, Collection<? extends Weight> weights, Map<String, Object> architecture) {
    if (!PackDescription.NAME.matcher(part).matches()) {
      throw new IllegalArgumentException("illegal name of a part: " + part);
    }
    contents.put(part, new Content(weights, architecture));
    return this;
  }

  /** Adds a part that has no weights. */
  public PackBuilder part(String part, Map<String, Object> architecture) {
    return part(part, null, architecture);
  }

  /**
   * Keeps everything an installed pack has, its origins included, except parts that are added here
   * under the same name.
   *
   * @throws MaestroException of kind CONFIGURATION when the pack is no folder on this machine
   */
  public PackBuilder keeping(ModelPack installed) {
    if (!(installed instanceof PackFolder pack)) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "pack " + installed.name(),
          "its files are not in a folder of this machine",
          "install it first");
    }
    PackDescription old = pack.description();
    description = old.description();
    training = training == null ? old.training() : training;
    untrained |= old.untrained();
    origin.addAll(0, old.origin());
    old.parts().forEach((part, content) -> kept.put(part, content.under(old.licenceOf(part))));
    keptFrom = pack.folder();
    return this;
  }

  /**
   * Refuses a licence for weights that were trained from those kept, when it asks less of whoever
   * uses them.
   *
   * @throws MaestroException of kind USAGE that names the part and what the licence lacks
   */
  public PackBuilder refuseMilderLicence() {
    kept.forEach(
        (part, content) ->
            Licences.lost(licence, content.licence())
                .ifPresent(
                    lost -> {
                      throw new MaestroException(
                          MaestroException.Kind.USAGE,
                          "pack " + name,
                          "the licence "
                              + licence
                              + " is milder than that of part "
                              + part
                              + " it builds on, "
                              + content.licence()
                              + ": it lacks "
                              + lost,
                          "give a licence with these terms; parts that are kept keep their own");
                    }));
    return this;
  }

  /**
   * Looks whether there is a pack of this name already, before the work of filling one is begun.
   *
   * @param packs folder that holds packs
   * @throws MaestroException of kind CONFIGURATION when there is
   */
  public void refuseIfThere(Path packs) {
    if (Files.exists(packs.resolve(name))) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "pack " + name,
          "it is there already",
          "give --replace to make it anew, or another name");
    }
  }

  /**
   * Writes the pack.
   *
   * @param packs folder that holds packs
   * @param replace whether a pack of that name may be there already
   * @return the pack's folder
   * @throws MaestroException of kind CONFIGURATION when there is one, of kind RESOURCE when it
   *     cannot be written
   */
  public Path writeTo(Path packs, boolean replace, Watcher watcher) {
    if (!replace) {
      refuseIfThere(packs);
    }
    Path folder = packs.resolve(name);
    try (Making making = Making.in(packs)) {
      describe(writeParts(making.folder(), watcher)).write(making.folder());
      making.moveTo(making.folder().resolveSibling(name));
      return folder;
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          "pack " + name,
          "it could not be written (" + e.getMessage() + ")",
          "check free space and permissions of " + packs,
          e);
    }
  }

  private Map<String, PackDescription.Part> writeParts(Path folder, Watcher watcher)
      throws IOException {
    Map<String, PackDescription.Part> parts = new LinkedHashMap<>(kept);
    for (Map.Entry<String, PackDescription.Part> entry : kept.entrySet()) {
      if (!contents.containsKey(entry.getKey()) && entry.getValue().weights() != null) {
        keep(entry.getValue().weights(), folder);
      }
    }
    for (Map.Entry<String, Content> entry : contents.entrySet()) {
      Content content = entry.getValue();
      if (content.weights() == null) {
        parts.put(
            entry.getKey(),
            new PackDescription.Part(null, 0, null, content.architecture(), licence));
        continue;
      }
      Path file = folder.resolve(entry.getKey() + ".safetensors");
      if (Files.exists(file)) { // another part that stays is in a file of this name
        file = folder.resolve(entry.getKey() + "-new.safetensors");
      }
      watcher.at("writing " + entry.getKey(), 0, 0);
      Safetensors.write(file, content.weights(), Map.of("format", "pt"));
      String digest = Digests.of(file, "checking " + entry.getKey(), watcher);
      parts.put(
          entry.getKey(),
          new PackDescription.Part(
              file.getFileName().toString(),
              Files.size(file),
              digest,
              content.architecture(),
              licence));
    }
    return parts;
  }

  /** The same file under a second name where the disk can do that, else a copy. */
  private void keep(String weights, Path folder) throws IOException {
    Path target = folder.resolve(weights);
    if (Files.exists(target)) {
      return;
    }
    Files.createDirectories(target.getParent());
    Path source = keptFrom.resolve(weights).toRealPath();
    try {
      Files.createLink(target, source);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(source, target);
    }
  }

  /** One licence where all parts have the same, else each with its part. */
  private PackDescription describe(Map<String, PackDescription.Part> parts) {
    Set<String> licences = new LinkedHashSet<>();
    parts.values().forEach(part -> licences.add(part.licence()));
    licences.remove(null);
    boolean one = licences.size() < 2;
    Map<String, PackDescription.Part> described = new LinkedHashMap<>();
    parts.forEach((part, content) -> described.put(part, one ? content.under(null) : content));
    return new PackDescription(
        name,
        description,
        licences.isEmpty() ? licence : String.join("; ", licences),
        origin,
        training,
        untrained,
        described);
  }
}
