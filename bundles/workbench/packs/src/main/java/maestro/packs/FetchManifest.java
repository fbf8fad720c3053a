package maestro.packs;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maestro.api.MaestroException;

/**
 * What to download, and the pack to make of it.
 *
 * @param name name of the pack
 * @param description one sentence for people
 * @param licence licence of the weights
 * @param training what they were trained on
 * @param files what to download
 * @param assemble how to make the pack of it; null when the files are a pack already, {@code
 *     pack.json} among them
 */
record FetchManifest(
    @JsonProperty(required = true) String name,
    String description,
    String licence,
    String training,
    @JsonProperty(required = true) List<Item> files,
    Assembly assemble) {

  /**
   * One file.
   *
   * @param path where it goes, within the download's folder
   * @param url where it comes from, http or https
   * @param bytes its length
   * @param sha256 its digest, lower-case hexadecimal
   */
  record Item(String path, String url, long bytes, String sha256) {}

  /** Which file or folder of the download becomes which part; null where none does. */
  record Assembly(
      String audioldm,
      String headRule,
      Double scaleFactor,
      String vocoder,
      String clip,
      String tavar,
      String cten,
      String vggish,
      String panns) {}

  /**
   * Reads a manifest.
   *
   * @param nameOrFile name of one that comes with Maestro, or a file
   * @throws MaestroException of kind INPUT when there is none or it is damaged
   */
  static FetchManifest read(String nameOrFile) {
    if (PackDescription.NAME.matcher(nameOrFile).matches()) {
      try (InputStream in =
          FetchManifest.class.getResourceAsStream("manifests/" + nameOrFile + ".json")) {
        if (in != null) {
          return parse(nameOrFile, in.readAllBytes());
        }
      } catch (IOException e) {
        throw new IllegalStateException("a resource of the bundle cannot be read", e);
      }
    }
    try {
      Path file = Path.of(nameOrFile);
      if (!Files.isRegularFile(file)) {
        throw refused(nameOrFile, "there is neither a manifest of this name nor such a file", null);
      }
      if (Files.size(file) > PackDescription.MAX_BYTES) {
        throw refused(
            nameOrFile, "a manifest has at most " + PackDescription.MAX_BYTES + " bytes", null);
      }
      return parse(nameOrFile, Files.readAllBytes(file));
    } catch (InvalidPathException | IOException e) {
      throw refused(nameOrFile, "the file cannot be read", e);
    }
  }

  static FetchManifest parse(String label, byte[] json) {
    try {
      FetchManifest manifest = PackDescription.JSON.readValue(json, FetchManifest.class);
      if (manifest == null) {
        throw refused(label, "it is empty", null);
      }
      manifest.check(label);
      return manifest;
    } catch (IOException e) {
      throw refused(label, "it is no manifest: " + PackDescription.firstLine(e), e);
    }
  }

  private void check(String label) {
    if (name == null || !PackDescription.NAME.matcher(name).matches()) {
      throw refused(label, "the name of its pack is none", null);
    }
    if (files == null || files.isEmpty()) {
      throw refused(label, "it names no files", null);
    }
    Set<Path> paths = new HashSet<>();
    for (Item item : files) {
      if (item == null
          || item.sha256() == null
          || !item.sha256().matches("[0-9a-f]{64}")
          || item.bytes() < 1) {
        throw refused(label, "a file lacks its digest or its length", null);
      }
      if (!isWeb(item.url())) {
        throw refused(label, "a file has no address that begins with https or http", null);
      }
      if (!paths.add(relative(label, item.path()))) {
        throw refused(label, "two files have one path", null);
      }
    }
    if (assemble == null && !paths.contains(Path.of(PackDescription.FILE))) {
      throw refused(
          label, "it neither says what to assemble nor holds a " + PackDescription.FILE, null);
    }
  }

  /** The one gate for paths from a manifest: relative, plain names only. */
  static Path relative(String label, String text) {
    try {
      if (text != null
          && text.matches("[A-Za-z0-9][A-Za-z0-9._=-]*(/[A-Za-z0-9][A-Za-z0-9._=-]*){0,4}")
          && text.length() <= 200) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      throw refused(label, "a file has an impossible path", e);
    }
    throw refused(label, "a file has a path that is not made of plain names", null);
  }

  private static boolean isWeb(String url) {
    try {
      URI uri = URI.create(url == null ? "" : url);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static MaestroException refused(String label, String cause, Throwable underlying) {
    return new MaestroException(
        MaestroException.Kind.INPUT,
        "manifest " + label,
        cause,
        "mend the manifest or use another",
        underlying);
  }
}
