package maestro.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells the engines where their native libraries lie and keeps them off the network. A property
 * that is set already (on the command line of the JVM, or in the environment for {@code
 * PYTORCH_LIBRARY_PATH}) is left alone.
 */
final class Natives {
  private Natives() {}

  static void configure(Path distribution, Path home) {
    Main.setDefault("ai.djl.offline", "true");
    Main.setDefault("OPT_OUT_TRACKING", "true");
    Main.setDefault(
        "org.bytedeco.javacpp.maxPhysicalBytes",
        "0"); // it would count the tensors of the other engines
    Main.setDefault("org.bytedeco.javacpp.cachedir", home.resolve("cache/javacpp").toString());
    Path torch = distribution.resolve("native/torch");
    if (Files.isDirectory(torch) && System.getenv("PYTORCH_LIBRARY_PATH") == null) {
      Main.setDefault("PYTORCH_LIBRARY_PATH", torch.toString());
      // With CUDA libraries in the folder, DJL looks for itself which flavour the machine can run.
      if (!Files.exists(torch.resolve(System.mapLibraryName("torch_cuda")))) {
        Main.setDefault("PYTORCH_FLAVOR", "cpu");
      }
    }
    Path onnxruntime = distribution.resolve("native/onnxruntime");
    if (Files.isDirectory(onnxruntime)) {
      Main.setDefault("onnxruntime.native.path", onnxruntime.toString());
    }
  }
}
