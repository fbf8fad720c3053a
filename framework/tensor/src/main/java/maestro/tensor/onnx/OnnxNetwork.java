package maestro.tensor.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maestro.api.run.Device;
import maestro.api.tensor.FloatTensor;
import maestro.tensor.Network;
import maestro.tensor.NetworkInput;
import maestro.tensor.NetworkSource;

/** A network with one compiled session for each of the input sizes met last. */
final class OnnxNetwork implements Network {
  private static final int KEPT = 2;

  private final NetworkSource source;
  private final int threads;
  private final Map<List<List<Long>>, OnnxSession> sessions = new LinkedHashMap<>(4, 0.75f, true);

  OnnxNetwork(NetworkSource source, Device device, int threads, boolean half) {
    this.source = source;
    this.threads = threads;
  }

  /** Compiles a network whose input sizes are all fixed. */
  void prepare() {
    Map<String, long[]> shapes = new HashMap<>();
    source.inputs().forEach(input -> shapes.put(input.name(), input.shape()));
    compile(shapes);
  }

  /** The session for these input shapes, compiled if need be. */
  private synchronized OnnxSession compile(Map<String, long[]> shapes) {
    List<List<Long>> key = new ArrayList<>();
    for (NetworkInput input : source.inputs()) {
      key.add(Arrays.stream(shapes.get(input.name())).boxed().toList());
    }
    OnnxSession session = sessions.get(key);
    if (session == null) {
      if (sessions.size() == KEPT) {
        sessions.remove(sessions.keySet().iterator().next()).close();
      }
      session = new OnnxSession(source.name(), Tracer.trace(source, shapes, Target.CPU), threads);
      sessions.put(key, session);
    }
    return session;
  }

  @Override
  public synchronized Map<String, FloatTensor> run(Map<String, FloatTensor> inputs) {
    return compile(source.shapesOf(inputs)).run(inputs);
  }

  @Override
  public String engine() {
    return "onnx on cpu";
  }

  @Override
  public synchronized void close() {
    sessions.values().forEach(OnnxSession::close);
    sessions.clear();
  }
}
