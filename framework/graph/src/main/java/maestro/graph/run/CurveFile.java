package maestro.graph.run;

import java.nio.file.Path;
import java.util.Locale;
import maestro.api.MaestroException;
import maestro.api.MaestroException.Kind;
import maestro.api.node.Curve;
import maestro.api.node.Timing;
import maestro.api.tensor.FloatTensor;
import maestro.api.tensor.NamedTensors;
import maestro.tensor.checkpoint.Safetensors;

/** Curves of controls that somebody wrote: safetensors as {@code maestro controls} writes them. */
final class CurveFile {
  private CurveFile() {}

  /**
   * Reads a curve.
   *
   * @param control name of the control
   * @throws MaestroException of kind INPUT when it is none
   */
  static Curve read(Path file, String control, Timing timing) {
    String name = String.valueOf(file.getFileName());
    if (!name.toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
      throw refused(name, "cannot tell from its ending how it is written");
    }
    NamedTensors tensors = Safetensors.read(file);
    String brief = control.substring(control.indexOf('.') + 1);
    FloatTensor curve =
        tensors.tensors().containsKey(brief)
            ? tensors.get(brief)
            : tensors.tensors().size() == 1 ? tensors.tensors().values().iterator().next() : null;
    if (curve == null || curve.shape().length != 2 || curve.values().length == 0) {
      throw refused(name, "it holds no curve [frames, channels] for " + brief);
    }
    return new Curve(1 / timing.framesPerSecond(), curve.axis(1), curve.values());
  }

  private static MaestroException refused(String name, String cause) {
    return new MaestroException(
        Kind.INPUT, name, cause, "give a file that 'maestro controls' has written");
  }
}
