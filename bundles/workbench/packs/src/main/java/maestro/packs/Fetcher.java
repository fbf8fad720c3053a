package maestro.packs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maestro.api.MaestroException;
import maestro.checkpoint.Averaging;

/** Downloads the files of a manifest and makes the pack of them. */
final class Fetcher {
  private final Packs packs;
  private final PartShapes shapes;
  private final Download download;

  Fetcher(Packs packs, PartShapes shapes, Download download) {
    this.shapes = shapes;
    this.packs = packs;
    this.download = download;
  }

  /**
   * Makes the pack of a manifest. Downloads stay in the folder {@code downloads} beside the packs
   * when they were assembled, so that another choice of weights needs no second download.
   *
   * @param replace whether a pack of that name may be there already
   * @param rules what the downloads may do
   */
  Path fetch(FetchManifest manifest, boolean replace, Download.Rules rules, Watcher watcher) {
    Path target = packs.writable().resolve(manifest.name());
    if (Files.exists(target) && !replace) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "pack " + manifest.name(),
          "it is there already",
          "give --replace");
    }
    Path folder = packs.writable().resolveSibling("downloads").resolve(manifest.name());
    checkSpace(manifest, folder);
    for (FetchManifest.Item item : manifest.files()) {
      download.fetch(
          item,
          folder.resolve(FetchManifest.relative(manifest.name(), item.path())),
          rules,
          watcher);
    }
    return manifest.assemble() == null
        ? install(folder, target)
        : assemble(manifest, folder, replace, watcher);
  }

  private static void checkSpace(FetchManifest manifest, Path folder) {
    try {
      Files.createDirectories(folder);
      long needed = 0;
      for (FetchManifest.Item item : manifest.files()) {
        Path file = folder.resolve(item.path());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        long have = Files.exists(file) ? item.bytes() : Files.exists(part) ? Files.size(part) : 0;
        needed += Math.max(0, item.bytes() - have);
      }
      long free = Files.getFileStore(folder).getUsableSpace();
      if (needed > free) {
        throw new MaestroException(
            MaestroException.Kind.RESOURCE,
            "pack " + manifest.name(),
            needed / 1_000_000
                + " MB are to be downloaded and "
                + free / 1_000_000
                + " MB are free in "
                + folder,
            "make room");
      }
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          folder.toString(),
          "the folder cannot be made or looked at",
          "check its permissions",
          e);
    }
  }

  private static Path install(Path folder, Path target) {
    PackDescription description = PackDescription.read(folder);
    if (!description.name().equals(target.getFileName().toString())) {
      throw PackDescription.refused(folder, "it calls itself " + description.name(), null);
    }
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Making.install(folder, target);
    } catch (IOException e) {
      throw new MaestroException(
          MaestroException.Kind.RESOURCE,
          target.toString(),
          "the pack cannot be put in place",
          "check permissions",
          e);
    }
    return target;
  }

  private Path assemble(FetchManifest manifest, Path folder, boolean replace, Watcher watcher) {
    PackBuilder builder =
        new PackBuilder(manifest.name())
            .description(manifest.description())
            .licence(manifest.licence())
            .training(manifest.training());
    manifest.files().forEach(item -> builder.origin(item.path() + ": " + item.url()));
    FetchManifest.Assembly how = manifest.assemble();
    try (Assembler assembler = new Assembler(builder, shapes, Averaging.AUTO, watcher)) {
      if (how.audioldm() != null) {
        assembler.audioLdm(in(folder, how.audioldm()), how.headRule(), how.scaleFactor());
      }
      if (how.vocoder() != null) {
        assembler.vocoder(in(folder, how.vocoder()));
      }
      if (how.clip() != null) {
        assembler.clip(in(folder, how.clip()));
      }
      if (how.tavar() != null) {
        assembler.tavar(in(folder, how.tavar()));
      }
      if (how.cten() != null) {
        assembler.cten(in(folder, how.cten()));
      }
      if (how.vggish() != null) {
        assembler.vggish(in(folder, how.vggish()));
      }
      if (how.panns() != null) {
        assembler.panns(in(folder, how.panns()));
      }
      return builder.writeTo(packs.writable(), replace, watcher);
    }
  }

  private static Path in(Path folder, String path) {
    return folder.resolve(FetchManifest.relative("manifest", path));
  }
}
