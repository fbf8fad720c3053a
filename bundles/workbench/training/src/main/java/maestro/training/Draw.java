package maestro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import maestro.api.run.Noise;
import maestro.checkpoint.Weight;

/**
 * The chance of one step: which examples, which noise. It follows from the recipe's seed, the step
 * and the micro-batch alone, so that a resumed training draws what an uninterrupted one would.
 */
public final class Draw {
  private static final long STEP = 0xD1B54A32D192ED03L;
  private static final long MICRO = 0x8CB92BA72F3D8DD7L;

  private final Noise noise;
  private final long update;
  private final int batch;
  private final NDManager manager;
  private final Map<String, Double> figures = new LinkedHashMap<>();

  Draw(long seed, long update, int micro, int batch, NDManager manager) {
    this(new Noise(seed + STEP * (update + 1) + MICRO * micro), update, batch, manager);
  }

  private Draw(Noise noise, long update, int batch, NDManager manager) {
    this.noise = noise;
    this.update = update;
    this.batch = batch;
    this.manager = manager;
  }

  /** The chance of one example of a validation, the same each time; its update is 0. */
  public static Draw fixed(long example, int batch, NDManager manager) {
    return new Draw(new Noise(example), 0, batch, manager);
  }

  /** Number of the update, from 0: how many came before. */
  public long update() {
    return update;
  }

  /** Examples to take. */
  public int batch() {
    return batch;
  }

  /** Owns the arrays of this micro-batch; closed after it. */
  public NDManager manager() {
    return manager;
  }

  /** Uniform numbers in [0, 1). */
  public double[] uniform(String stream, int count) {
    return noise.uniform(stream, count);
  }

  /** Standard normal numbers as an array. */
  public NDArray gaussian(String stream, long... shape) {
    return array(noise.gaussian(stream, Math.toIntExact(Weight.elements(shape))), shape);
  }

  /** Numbers as an array on the training device. */
  public NDArray array(float[] values, long... shape) {
    return manager.create(FloatBuffer.wrap(values), new Shape(shape));
  }

  /** Notes a figure for the log, such as one term of the loss. */
  public void figure(String name, double value) {
    figures.put(name, value);
  }

  Map<String, Double> figures() {
    return figures;
  }
}
