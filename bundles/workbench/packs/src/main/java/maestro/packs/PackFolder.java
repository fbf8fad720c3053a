package maestro.packs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maestro.api.host.PluginNames;
import maestro.api.pack.ModelPack;
import maestro.api.pack.PackPart;
import maestro.files.names.PathGate;

/**
 * A pack that was opened: every file of its description is there, inside the folder and of the
 * stated length. A part of a plugin that was called otherwise before has that plugin's name of
 * today, and answers to the former one too.
 */
final class PackFolder implements ModelPack {
  private final Path folder;
  private final PackDescription description;
  private final PluginNames names;
  private final Map<String, PackPart> parts = new LinkedHashMap<>();

  private PackFolder(Path folder, PackDescription written, PluginNames names) {
    this.folder = folder;
    this.description = written.current(names);
    this.names = names;
    description
        .parts()
        .forEach(
            (name, part) -> {
              Path weights = part.weights() == null ? null : gate(name, part);
              String digest = part.weights() == null ? "" : part.sha256();
              parts.put(name, new PackPart(name, weights, digest, part.architecture()));
            });
  }

  /**
   * Opens a folder.
   *
   * @param names what plugins were called before
   * @throws maestro.api.MaestroException of kind INPUT when its files are not those of its
   *     description
   */
  static PackFolder open(Path folder, PluginNames names) {
    PackDescription description = PackDescription.read(folder);
    if (!description.name().equals(folder.getFileName().toString())) {
      throw PackDescription.refused(folder, "it calls itself " + description.name(), null);
    }
    return new PackFolder(folder, description, names);
  }

  Path folder() {
    return folder;
  }

  PackDescription description() {
    return description;
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public boolean untrained() {
    return description.untrained();
  }

  @Override
  public List<String> parts() {
    return List.copyOf(parts.keySet());
  }

  @Override
  public Optional<PackPart> part(String name) {
    return Optional.ofNullable(
        parts.getOrDefault(name, parts.get(names.all(name).get(0)))); // all are the same part
  }

  /** A file that the description names: a plain file, links followed, that lies in the folder. */
  private Path gate(String name, PackDescription.Part part) {
    try {
      Path file = PathGate.below(folder.toRealPath(), part.weights());
      if (!Files.isRegularFile(file)) {
        throw PackDescription.refused(
            folder, "part " + name + " lacks its file " + file.getFileName(), null);
      }
      long bytes = Files.size(file);
      if (bytes != part.bytes()) {
        throw PackDescription.refused(
            folder, "part " + name + " has " + bytes + " bytes instead of " + part.bytes(), null);
      }
      return file;
    } catch (PathGate.RefusedNameException e) {
      throw PackDescription.refused(
          folder, "part " + name + " names a file outside the pack: " + e.getMessage(), e);
    } catch (IOException e) {
      throw PackDescription.refused(folder, "the file of part " + name + " cannot be looked at", e);
    }
  }
}
