package maestro.tensor.engine;

import ai.djl.engine.Engine;
import java.util.Optional;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.run.EngineChoice;
import maestro.tensor.Network;
import maestro.tensor.NetworkEngine;
import maestro.tensor.NetworkSource;
import maestro.tensor.onnx.OnnxEngine;
import maestro.tensor.torch.TorchEngine;
import maestro.tensor.torchscript.Bfloat16;
import maestro.tensor.torchscript.ScriptEngine;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * The engine the host runs networks on. Native libraries are loaded when a network is first opened,
 * and only those of the engine in use: scoring on ONNX Runtime never touches PyTorch.
 */
@Component(configurationPid = "engine")
@Designate(ocd = ChosenEngine.Settings.class)
public final class ChosenEngine implements NetworkEngine, EngineChoice {
  /** Choices that hold for every network of the process. */
  @ObjectClassDefinition(name = "engine")
  public @interface Settings {
    /** Engine of networks that do not say which. */
    @AttributeDefinition(
        description = "Engine of networks that do not say which.",
        options = {
          @Option(OnnxEngine.NAME),
          @Option(TorchEngine.NAME),
          @Option(ScriptEngine.NAME),
          @Option(ScriptEngine.SINGLE)
        })
    String use() default OnnxEngine.NAME;

    /** Threads of one network; 0 takes one for each core. */
    @AttributeDefinition(
        min = "0",
        max = "1024",
        description = "Threads of one network; 0 takes one for each core.")
    int threads() default 0;

    /** Whether networks compute in half precision on a CUDA device. */
    @AttributeDefinition(description = "Compute in half precision on a CUDA device.")
    boolean half() default false;
  }

  private final Settings settings;
  private NetworkEngine onnx;
  private NetworkEngine torch;
  private NetworkEngine half;
  private NetworkEngine script;

  @Reference(
      service = Engine.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile ComponentServiceObjects<Engine> torchService;

  /** The engine of the given settings; loads nothing yet. */
  @Activate
  public ChosenEngine(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Network open(NetworkSource source, Device device) {
    return named("").open(source, device);
  }

  @Override
  public synchronized NetworkEngine named(String engine) {
    String name = engine.isEmpty() ? settings.use() : engine;
    return switch (name) {
      case OnnxEngine.NAME -> onnx == null ? onnx = onnx() : onnx;
      case TorchEngine.NAME -> torch == null ? torch = new TorchEngine(pytorch(name)) : torch;
      case ScriptEngine.NAME -> half == null ? half = script(name, true) : half;
      case ScriptEngine.SINGLE -> script == null ? script = script(name, false) : script;
      default ->
          throw refused(
              "there is no '" + name + "'",
              "use onnx, pytorch, torchscript or torchscript-float32");
    };
  }

  private NetworkEngine onnx() {
    try {
      Class.forName("ai.onnxruntime.OrtEnvironment", false, getClass().getClassLoader());
    } catch (ClassNotFoundException e) {
      throw refused("onnx is not installed", "add bundle maestro.engine.onnx or use pytorch");
    }
    return new OnnxEngine(settings.threads(), settings.half());
  }

  private NetworkEngine script(String name, boolean bfloat16) {
    return new ScriptEngine(pytorch(name), bfloat16);
  }

  /** TorchScript where PyTorch is installed and the machine multiplies in bfloat16 by itself. */
  @Override
  public Optional<String> forLongWork(Device device) {
    return torchService != null && settings.use().equals(OnnxEngine.NAME) && Bfloat16.fastOn(device)
        ? Optional.of(ScriptEngine.NAME)
        : Optional.empty();
  }

  private Engine pytorch(String name) {
    ComponentServiceObjects<Engine> service = torchService;
    if (service == null) {
      throw refused(name + " is not installed", "add bundle maestro.engine.torch or use onnx");
    }
    Engine engine = service.getService(); // null when its natives do not load; the host logs why
    if (engine == null) {
      throw refused("the PyTorch natives do not load", "see 'maestro doctor', or use onnx");
    }
    return engine;
  }

  private static MaestroException refused(String cause, String next) {
    return new MaestroException(MaestroException.Kind.CONFIGURATION, "engine", cause, next);
  }
}
