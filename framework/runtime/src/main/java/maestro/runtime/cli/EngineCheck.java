package maestro.runtime.cli;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import maestro.runtime.bundles.BundleManager;
import maestro.runtime.command.HealthCheck;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;

/**
 * Natives, codecs and devices. The engines are looked at through reflection: the host neither
 * depends on them nor keeps anything of them, and a distribution may lack any.
 */
@Component
@ServiceRanking(20)
public final class EngineCheck implements HealthCheck {
  private final BundleManager bundles;

  /** Made by Declarative Services. */
  @Activate
  public EngineCheck(@Reference BundleManager bundles) {
    this.bundles = bundles;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    bundles
        .current("maestro.engine.onnx")
        .ifPresent(bundle -> findings.addAll(onnxRuntime(bundle)));
    bundles.current("maestro.engine.torch").ifPresent(bundle -> findings.add(torch()));
    bundles.current("maestro.engine.av").ifPresent(bundle -> findings.addAll(codecs(bundle)));
    if (findings.isEmpty()) {
      findings.add(new Finding("natives", Level.OK, "this distribution has no engines", ""));
    }
    return findings;
  }

  private static List<Finding> onnxRuntime(Bundle bundle) {
    try {
      Class<?> environment = bundle.loadClass("ai.onnxruntime.OrtEnvironment");
      Object loaded = environment.getMethod("getEnvironment").invoke(null);
      Object providers = environment.getMethod("getAvailableProviders").invoke(null);
      String version = String.valueOf(environment.getMethod("getVersion").invoke(loaded));
      Finding natives = new Finding("natives", Level.OK, "ONNX Runtime " + version, "");
      Finding devices =
          devices(
              providers.toString().contains("CUDA"),
              Files.exists(Path.of("/proc/driver/nvidia/version")),
              () -> openCuda(bundle));
      return List.of(natives, devices);
    } catch (ReflectiveOperationException | LinkageError e) {
      return List.of(
          new Finding(
              "natives",
              Level.FAIL,
              "ONNX Runtime does not load: " + cause(e),
              "check native/onnxruntime of the distribution, or -Donnxruntime.native.path"));
    }
  }

  /**
   * What there is to compute on.
   *
   * @param natives whether ONNX Runtime's libraries are made for CUDA
   * @param open opens the first device; empty, or why it does not open
   */
  static Finding devices(boolean natives, boolean driver, Supplier<String> open) {
    if (!driver) {
      return new Finding("devices", Level.OK, "cpu; no NVIDIA driver", "");
    }
    if (!natives) {
      return new Finding(
          "devices",
          Level.WARN,
          "cpu",
          "put the GPU natives of ONNX Runtime into native/onnxruntime to use the GPU");
    }
    String obstacle = open.get();
    return obstacle.isEmpty()
        ? new Finding("devices", Level.OK, "cpu, cuda", "")
        : new Finding(
            "devices",
            Level.WARN,
            "cpu; CUDA does not open: " + obstacle,
            "install the CUDA 12 and cuDNN 9 libraries");
  }

  private static String openCuda(Bundle bundle) {
    try {
      Class<?> type = bundle.loadClass("ai.onnxruntime.OrtSession$SessionOptions");
      try (AutoCloseable options = (AutoCloseable) type.getConstructor().newInstance()) {
        type.getMethod("addCUDA", int.class).invoke(options, 0);
        return "";
      }
    } catch (Exception | LinkageError e) {
      return cause(e).replaceAll("\\s+", " ").strip();
    }
  }

  private static Finding torch() {
    String folder =
        System.getProperty("PYTORCH_LIBRARY_PATH", System.getenv("PYTORCH_LIBRARY_PATH"));
    String library = System.mapLibraryName("djl_torch");
    boolean there = folder != null && Files.exists(Path.of(folder, library));
    return there
        ? new Finding("natives", Level.OK, "PyTorch in " + folder, "")
        : new Finding(
            "natives",
            Level.WARN,
            "PyTorch: no "
                + library
                + " in "
                + folder
                + "; scoring does not need it, training does",
            "put the PyTorch natives into native/torch of the distribution, or set PYTORCH_LIBRARY_PATH");
  }

  private static List<Finding> codecs(Bundle bundle) {
    try {
      Class<?> avcodec = bundle.loadClass("org.bytedeco.ffmpeg.global.avcodec");
      Method encoder = avcodec.getMethod("avcodec_find_encoder_by_name", String.class);
      Method decoder = avcodec.getMethod("avcodec_find_decoder_by_name", String.class);
      List<String> missing = new ArrayList<>();
      for (String name : List.of("aac", "flac", "pcm_s16le")) {
        if (encoder.invoke(null, name) == null) {
          missing.add("encoder " + name);
        }
      }
      for (String name :
          List.of(
              "h264", "hevc", "vp9", "mpeg4", "theora", "aac", "mp3", "vorbis", "opus", "flac")) {
        if (decoder.invoke(null, name) == null) {
          missing.add("decoder " + name);
        }
      }
      return List.of(
          missing.isEmpty()
              ? new Finding("codecs", Level.OK, "FFmpeg with all that is needed", "")
              : new Finding(
                  "codecs",
                  Level.WARN,
                  "FFmpeg lacks " + String.join(", ", missing),
                  "use another build of maestro.engine.av"));
    } catch (ReflectiveOperationException | LinkageError e) {
      return List.of(
          new Finding(
              "codecs",
              Level.FAIL,
              "FFmpeg does not load: " + cause(e),
              "use the distribution made for this platform, and see that the home folder can be written"));
    }
  }

  private static String cause(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.toString();
  }
}
