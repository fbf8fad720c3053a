package maestro.tensor.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.MaestroException;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;
import maestro.tensor.device.DeviceChoice;
import maestro.tensor.graph.Graph;
import maestro.tensor.graph.Target;
import maestro.tensor.graph.Tracer;

/** A network with one compiled session for each of the input sizes met last. */
final class OnnxNetwork implements Network {
  private static final int KEPT = 2;

  private final NetworkSource source;
  private final int threads;
  private final boolean half;
  private final DeviceChoice devices;
  private final Map<List<List<Long>>, OnnxSession> sessions = new LinkedHashMap<>(4, 0.75f, true);
  private Device device;
  private boolean closed;

  OnnxNetwork(
      NetworkSource source, Device wanted, int threads, boolean half, DeviceChoice devices) {
    this.source = source;
    this.threads = threads;
    this.half = half;
    this.devices = devices;
    this.device =
        devices.of(
            wanted,
            () -> OnnxSession.hasCuda() ? "" : "these ONNX Runtime libraries are without CUDA");
  }

  /** Compiles a network whose input sizes are all fixed. */
  void prepare() {
    Map<String, long[]> shapes = new HashMap<>();
    source.inputs().forEach(input -> shapes.put(input.name(), input.shape()));
    session(shapes);
  }

  /** The session for these input shapes, compiled if need be. */
  private synchronized OnnxSession session(Map<String, long[]> shapes) {
    if (closed) {
      throw new IllegalStateException(source.name() + " is closed");
    }
    List<List<Long>> key = new ArrayList<>();
    for (NetworkInput input : source.inputs()) {
      key.add(Arrays.stream(shapes.get(input.name())).boxed().toList());
    }
    OnnxSession session = sessions.get(key);
    if (session == null) {
      if (sessions.size() == KEPT) {
        sessions.remove(sessions.keySet().iterator().next()).close();
      }
      session = compiled(shapes);
      sessions.put(key, session);
    }
    return session;
  }

  private OnnxSession compiled(Map<String, long[]> shapes) {
    if (device.kind() == Device.Kind.CUDA) {
      Graph graph = Tracer.trace(source, shapes, Target.CUDA);
      try {
        return new OnnxSession(
            source.name(), half ? HalfPrecision.of(graph) : graph, threads, device.index());
      } catch (MaestroException e) {
        devices.giveUp(device, String.valueOf(e.getCause().getMessage()));
        device = Device.CPU;
      }
    }
    return new OnnxSession(source.name(), Tracer.trace(source, shapes, Target.CPU), threads, -1);
  }

  @Override
  public synchronized Map<String, FloatTensor> run(Map<String, FloatTensor> inputs) {
    return session(source.shapesOf(inputs)).run(inputs);
  }

  @Override
  public synchronized String engine() {
    return OnnxEngine.NAME + " on " + device;
  }

  @Override
  public synchronized void close() {
    sessions.values().forEach(OnnxSession::close);
    sessions.clear();
    closed = true;
  }
}
