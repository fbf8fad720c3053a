package maestro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.tensor.torchscript.Bfloat16;

/**
 * How the networks of a training compute. Weights, gradients and optimiser are in single precision
 * either way.
 *
 * @param compiled whether as TorchScript modules, else step by step
 * @param half whether the modules multiply in bfloat16
 */
public record Computing(boolean compiled, boolean half) {
  /** Step by step in single precision: the reference. */
  public static final Computing EAGER = new Computing(false, false);

  private static final String AUTO = "auto";

  /** As a recipe says, {@code auto} as suits the machine. */
  static Computing of(TrainingRecipe recipe, Device device) {
    boolean compiled = !recipe.engine.equals("pytorch");
    boolean half =
        recipe.precision.equals(AUTO)
            ? Bfloat16.fastOn(device)
            : recipe.precision.equals("bfloat16");
    return new Computing(compiled, compiled && half);
  }

  /**
   * Refuses convolutions step by step where they would go wrong: oneDNN lays out padded weights
   * wrongly on machines that do not say how large their caches are, unless it is held to SSE 4.1.
   * Modules need no padding.
   *
   * @throws MaestroException of kind CONFIGURATION
   */
  public static void requireRightConvolutions(String network) {
    if (hidesCaches() && !"SSE41".equalsIgnoreCase(System.getenv("ONEDNN_MAX_CPU_ISA"))) {
      throw new MaestroException(
          MaestroException.Kind.CONFIGURATION,
          "training " + network,
          "this machine does not say how large its caches are, and convolutions that run step by"
              + " step would be wrong",
          "set the environment's ONEDNN_MAX_CPU_ISA to SSE41, which is right and slow");
    }
  }

  private static boolean hidesCaches() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64")
        && Files.notExists(Path.of("/sys/devices/system/cpu/cpu0/cache"));
  }

  /** For people. */
  String description() {
    return compiled
        ? "TorchScript with " + (half ? "products in bfloat16" : "single precision")
        : "PyTorch step by step in single precision";
  }
}
