package maestro.contracts;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import maestro.api.film.FilmClip;
import maestro.api.media.MediaReader;
import maestro.api.run.RunContext;
import maestro.api.sound.Sound;

/**
 * A media reader that makes its sounds up and sees no film, for plugins under test.
 *
 * @param of the sound of a file
 */
public record TestSounds(Function<Path, Sound> of) implements MediaReader {
  @Override
  public FilmClip probe(Path film) {
    throw new UnsupportedOperationException("there are sounds here and no films");
  }

  @Override
  public void read(FilmClip clip, List<Subscription> subscriptions, RunContext run) {
    throw new UnsupportedOperationException("there are sounds here and no films");
  }

  @Override
  public Sound sound(Path file) {
    return of.apply(file);
  }
}
