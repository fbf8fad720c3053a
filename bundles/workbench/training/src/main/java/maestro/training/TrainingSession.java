package maestro.training;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Networks in training. Used by one thread. */
@ConsumerType
public interface TrainingSession extends AutoCloseable {
  /**
   * What one step does, in order: one phase for most networks, discriminator and generator for an
   * adversarial pair. Every parameter of every phase is initialised; the phases share none.
   */
  List<Phase> phases();

  /** Told how far a validation is. */
  @FunctionalInterface
  interface Progress {
    /** After each of so many pieces. */
    void at(int done, int of);
  }

  /**
   * Judges the networks as they are on data held out from training. The moving averages stand in
   * the parameters while this runs.
   *
   * @param progress is told each piece
   * @return figures by name; the first is the one that tells the best checkpoint, the lower the
   *     better
   */
  Map<String, Double> validate(Progress progress);

  /** The same with nobody told. */
  default Map<String, Double> validate() {
    return validate((done, of) -> {});
  }

  /**
   * Makes something to look at and to listen to; by default nothing. The moving averages stand in
   * the parameters while this runs.
   *
   * @return at most six, which are shown side by side
   */
  default List<Sample> samples() {
    return List.of();
  }

  /**
   * What the training is for: parts of a model pack, made of the parameters as they are. Called
   * right after {@link #validate}, with the same parameters.
   */
  List<TrainedPart> parts();

  @Override
  default void close() {}
}
