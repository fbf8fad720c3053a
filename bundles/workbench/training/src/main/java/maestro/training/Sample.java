package maestro.training;

import java.util.Optional;
import maestro.api.sound.Mel;
import maestro.api.sound.Sound;

/**
 * Something a training shows of itself.
 *
 * @param name of its column and of its file
 * @param mel {@code [T, 64]}
 * @param sound empty when a vocoder shall make it
 */
public record Sample(String name, Mel mel, Optional<Sound> sound) {
  /** A sample whose sound a vocoder makes. */
  public static Sample of(String name, Mel mel) {
    return new Sample(name, mel, Optional.empty());
  }
}
