package maestro.packs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.checkpoint.Weight;
import maestro.runtime.command.Output;
import maestro.tensor.NetworkSources;
import maestro.tensor.OnnxExport;

/** Saves a network of a pack as an ONNX file. */
record NetworkExport(List<NetworkSources> networks) {
  private static final String COMMAND = "packs export-onnx";

  /**
   * Writes the file, its weights beside it.
   *
   * @param shapes of inputs, as 1x8x256x16; null for one clip of ten seconds
   */
  void export(
      PackFolder pack, String network, Map<String, String> shapes, Path out, Output output) {
    NetworkSources sources =
        networks.stream()
            .filter(candidate -> candidate.networks().contains(network))
            .findFirst()
            .orElseThrow(() -> unknown(network));
    NetworkSources.Sized sized = sources.network(network, pack);
    Map<String, long[]> chosen = new LinkedHashMap<>(sized.shapes());
    if (shapes != null) {
      shapes.forEach((input, text) -> chosen.put(input, shape(sized, input, text)));
    }
    OnnxExport.write(sized.source(), chosen, out);
    Map<String, String> inputs = new LinkedHashMap<>();
    chosen.forEach((input, shape) -> inputs.put(input, Weight.shapeText(shape)));
    output.result(
        Map.of("file", out.toString(), "inputs", inputs, "outputs", sized.source().outputs()),
        "%s: %s of %s, inputs %s, outputs %s",
        out,
        network,
        pack.name(),
        inputs,
        sized.source().outputs());
  }

  private MaestroException unknown(String network) {
    return new MaestroException(
        MaestroException.Kind.CONFIGURATION,
        COMMAND,
        "no bundle has a network '" + printable(network) + "'",
        "choose among " + networks.stream().flatMap(s -> s.networks().stream()).sorted().toList());
  }

  private static long[] shape(NetworkSources.Sized sized, String input, String text) {
    if (!sized.shapes().containsKey(input)
        || !text.matches("[1-9][0-9]{0,8}(x[1-9][0-9]{0,8}){0,7}")) {
      throw new MaestroException(
          MaestroException.Kind.USAGE,
          COMMAND,
          "--shape " + printable(input + "=" + text) + " makes no sense",
          "give one of " + sized.shapes().keySet() + " and lengths such as 1x8x256x16");
    }
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }

  private static String printable(String text) {
    return text.substring(0, Math.min(100, text.length())).replaceAll("[^ -~]", "?");
  }
}
