package maestro.api.node;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import maestro.api.tensor.NamedTensors;

/**
 * A kind of value that flows in the graph. Kinds are wired by name; any bundle may bring its own.
 *
 * <p>A kind with a {@link Form} can be written to a file and read back to the same bits: such
 * values are cached, kept beside a result and taken in again. One without never leaves the process,
 * an opened network for instance, and is made only when somebody needs it.
 *
 * @param <T> the values
 */
public final class Kind<T> {
  /** How values are written as tensors, and read back to the same bits. */
  public interface Form<T> {
    /** The value as tensors. */
    NamedTensors write(T value);

    /**
     * The value of tensors.
     *
     * @throws IllegalArgumentException when they do not hold one
     */
    T read(NamedTensors tensors);
  }

  /** How values of one extent become values of another. */
  public interface Fit<T> {
    /**
     * The part of a whole that belongs to one window.
     *
     * @throws UnsupportedOperationException when a whole cannot be cut
     */
    T part(T whole, Timing timing, int window);

    /**
     * One whole, put together from all windows in order.
     *
     * @throws UnsupportedOperationException when windows cannot be joined
     */
    T join(List<T> windows, Timing timing);
  }

  /** How values of the whole score and of its cues become each other. */
  public interface CueFit<T> {
    /**
     * The part of a whole that belongs to one cue.
     *
     * @param cue within the score
     */
    T part(T whole, Timing timing, Timing.Span cue);

    /**
     * One whole, put together from all cues.
     *
     * @param values one for each cue, in order
     */
    T join(List<T> values, Timing timing, Cues cues);
  }

  private final String name;
  private final Class<T> type;
  private final Form<T> form;
  private final Fit<T> fit;
  private final CueFit<T> cueFit;

  private Kind(String name, Class<T> type, Form<T> form, Fit<T> fit, CueFit<T> cueFit) {
    this.name = Objects.requireNonNull(name);
    this.type = Objects.requireNonNull(type);
    this.form = form;
    this.fit = fit;
    this.cueFit = cueFit;
  }

  /** A kind whose values never leave the process. */
  public static <T> Kind<T> ofProcess(String name, Class<T> type) {
    return new Kind<>(name, type, null, null, null);
  }

  /** A kind whose values can be written and read. */
  public static <T> Kind<T> of(String name, Class<T> type, Form<T> form) {
    return new Kind<>(name, type, Objects.requireNonNull(form), null, null);
  }

  /** The same kind with a way from the whole score to windows and back. */
  public Kind<T> fitting(Fit<T> way) {
    return new Kind<>(name, type, form, Objects.requireNonNull(way), cueFit);
  }

  /** The same kind with a way from the whole score to cues and back. */
  public Kind<T> fittingCues(CueFit<T> way) {
    return new Kind<>(name, type, form, fit, Objects.requireNonNull(way));
  }

  /** What people and recipes call it, {@code sound}. */
  public String name() {
    return name;
  }

  /** Type of the values. */
  public Class<T> type() {
    return type;
  }

  /** How values are written; empty when they never leave the process. */
  public Optional<Form<T>> form() {
    return Optional.ofNullable(form);
  }

  /** How values of the whole score and of windows become each other; empty when they do not. */
  public Optional<Fit<T>> fit() {
    return Optional.ofNullable(fit);
  }

  /** How values of the whole score and of cues become each other; empty when they do not. */
  public Optional<CueFit<T>> cueFit() {
    return Optional.ofNullable(cueFit);
  }

  /** The value as this kind's type. */
  public T cast(Object value) {
    return type.cast(value);
  }

  /** Kinds are the same when they have the same name and type. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Kind<?> that && name.equals(that.name) && type == that.type;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
